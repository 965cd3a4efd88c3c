// Runs the program as its users do: as a child process with its own working directory and environment, and without a
// terminal.
#pragma once
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <map>
#include <memory>
#include <regex>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "config/complaint.hpp"
#include "plugins/catalogue.hpp"
#include "support/scratch.hpp"

namespace support {

namespace fs = std::filesystem;
using Words = std::vector<std::string>;

/// Replaces marks by suggestions, so that expected texts need not list the growing catalogue: "<metric near acuracy>"
/// becomes the suggestion for that word among the metrics, "<plugin near x>" that among all plugins, "<file near x>"
/// that among the shipped pipelines and study.ini. On its own line below an error, a suggestion is wrapped as the
/// program wraps it.
inline std::string with_suggestions(std::string text) {
  static pipeline::plugins::Catalogue catalogue(pipeline::plugins::search_path({}, false));
  static const std::regex mark("<([a-z]+) near ([a-z0-9_.]+)>");
  for (std::smatch found; std::regex_search(text, found, mark);) {
    std::vector<std::string> known;
    for (const pipeline::plugins::PluginKind kind : pipeline::plugins::kKinds)
      for (const std::string& name : catalogue.names(kind))
        if (found[1] == name_of(kind) || found[1] == "plugin") known.push_back(name);
    if (found[1] == "file") {
      known = {"study.ini"};
      for (const auto& file : fs::directory_iterator(SOURCE_DIR "/pipelines"))
        if (file.path().extension() == ".ini") known.push_back(file.path().filename().string());
    }
    std::string suggested = pipeline::config::suggestion(found[2], known);
    if (found.prefix().str().ends_with("\n  ")) suggested = pipeline::config::folded(suggested, 2, "  ");
    text = found.prefix().str() + suggested + found.suffix().str();
  }
  return text;
}

struct Said {
  int exit = -1;  // 128 + n if signal n killed the program
  std::string out, err;
};

/// The text with every occurrence of `from` replaced.
inline std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
  return text;
}

/// A running program. The destructor kills it if it still runs.
class Child {
 public:
  Child(const std::string& program, const Words& words, const fs::path& folder,
        const std::map<std::string, std::string>& environment, const fs::path& out, const fs::path& err)
      : out_(out), err_(err) {
    Words text = {program};
    text.insert(text.end(), words.begin(), words.end());
    Words settings;
    for (const auto& [name, value] : environment) settings.push_back(name + "=" + value);
    std::vector<char*> argv, envp;
    for (std::string& word : text) argv.push_back(word.data());
    for (std::string& setting : settings) envp.push_back(setting.data());
    argv.push_back(nullptr);
    envp.push_back(nullptr);
    posix_spawn_file_actions_t files;
    ::posix_spawn_file_actions_init(&files);
    ::posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_addopen(&files, 1, out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666);
    ::posix_spawn_file_actions_addopen(&files, 2, err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666);
    ::posix_spawn_file_actions_addchdir_np(&files, folder.c_str());
    posix_spawnattr_t how;
    ::posix_spawnattr_init(&how);
    sigset_t hang_up;  // has its default action even if the tests themselves ignore it
    ::sigemptyset(&hang_up), ::sigaddset(&hang_up, SIGHUP);
    ::posix_spawnattr_setsigdefault(&how, &hang_up);
    ::posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSIGDEF);
    // Not by fork(), which reserves as much memory again as the tests have: too much with the thread sanitizer.
    const int error = ::posix_spawn(&pid_, program.c_str(), &files, &how, argv.data(), envp.data());
    ::posix_spawn_file_actions_destroy(&files);
    ::posix_spawnattr_destroy(&how);
    if (error != 0) throw std::system_error(error, std::generic_category(), "cannot start " + program);
  }
  Child(const Child&) = delete;
  ~Child() {
    if (pid_ > 0) ::kill(pid_, SIGKILL), ::waitpid(pid_, nullptr, 0);
  }

  pid_t pid() const { return pid_; }
  void signal(int number) const {
    if (pid_ > 0) ::kill(pid_, number);  // kill(-1) would signal every process
  }
  std::string out_so_far() const { return read_file(out_); }
  std::string err_so_far() const { return read_file(err_); }

  /// Waits until `ready` holds, the program ends or the limit passes; returns whether `ready` holds. No fixed sleep.
  bool wait_until(auto&& ready, std::chrono::seconds limit = std::chrono::seconds(60)) {
    const auto end = std::chrono::steady_clock::now() + limit;
    while (!ready()) {
      if (ended() || std::chrono::steady_clock::now() > end) return ready();
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return true;
  }

  /// The exit code and the output. A program that hangs is killed, so that the suite continues.
  Said finish(std::chrono::seconds limit = std::chrono::seconds(120)) {
    if (!wait_until([&] { return ended(); }, limit)) signal(SIGKILL);
    if (pid_ > 0) ::waitpid(pid_, &status_, 0), pid_ = -1;
    const bool on_terminal = !fs::is_regular_file(err_);  // then the test reads it from the terminal
    return {WIFEXITED(status_) ? WEXITSTATUS(status_) : 128 + WTERMSIG(status_), read_file(out_),
            on_terminal ? "" : read_file(err_)};
  }

 private:
  bool ended() {
    if (pid_ > 0 && ::waitpid(pid_, &status_, WNOHANG) == pid_) pid_ = -1;
    return pid_ < 0;
  }
  fs::path out_, err_;
  pid_t pid_ = -1;
  int status_ = 0;
};

/// A user's surroundings: `here` is the working directory, HOME is beside it, and `environment` can be changed.
class World {
 public:
  World() : here(fs::weakly_canonical(scratch_.path()) / "here") {
    fs::create_directories(here);
    fs::create_directories(home());
    environment = {{"HOME", home().string()},
                   {"XDG_DATA_HOME", (home() / "share").string()},
                   {"PATH", "/usr/local/bin:/usr/bin:/bin"},
                   {"LC_ALL", "C"}};
    // Settings of sanitizers and coverage apply to the child too.
    for (const char* name : {"ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LD_LIBRARY_PATH", "LLVM_PROFILE_FILE"})
      if (const char* value = std::getenv(name)) environment[name] = value;
  }

  fs::path write(const std::string& name, const std::string& bytes) const {
    return scratch_.write("here/" + name, bytes);
  }
  std::string read(const fs::path& name) const { return read_file(here / name); }
  fs::path home() const { return here.parent_path() / "home"; }

  /// The text with folders of this machine replaced by the marks that expected texts use.
  std::string tidy(std::string text) const {
    text = replaced(std::move(text), here.string(), "<here>");
    text = replaced(std::move(text), here.parent_path().string(), "<scratch>");
    text = replaced(std::move(text), BUILD_DIR, "<build>");
    return replaced(std::move(text), SOURCE_DIR, "<source>");
  }

  std::unique_ptr<Child> start(const Words& words) const { return start(BUILD_DIR "/bin/pipeline", words); }
  /// Starts another program, given by its path, in the same surroundings.
  std::unique_ptr<Child> start(const fs::path& program, const Words& words) const {
    static int counter = 0;
    const std::string name = "said" + std::to_string(counter++);
    return std::make_unique<Child>(program.string(), words, here, environment, here.parent_path() / (name + ".out"),
                                   here.parent_path() / (name + ".err"));
  }
  Said run(const Words& words) const { return start(words)->finish(); }
  Said run(const fs::path& program, const Words& words) const { return start(program, words)->finish(); }
  /// Runs a script, in which $P is the program: for limits, closed descriptors and pipes.
  Said bash(const std::string& script) const {
    return run("/bin/bash", {"-c", "P=" BUILD_DIR "/bin/pipeline; " + script});
  }

 private:
  Scratch scratch_;

 public:
  fs::path here;
  std::map<std::string, std::string> environment;
};

inline Words operator+(Words words, const Words& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

/// Compares only the exit code; a failure shows both streams.
inline void check_exit(const Said& said, int exit, std::source_location where = std::source_location::current()) {
  BOOST_CHECK_MESSAGE(said.exit == exit, where.file_name()
                                             << ":" << where.line() << ": exit " << said.exit << " instead of " << exit
                                             << "\nstdout: " << said.out << "\nstderr: " << said.err);
}

/// Compares the whole text of a message.
inline void check_text(const std::string& said, const std::string& expected,
                       std::source_location where = std::source_location::current()) {
  BOOST_CHECK_MESSAGE(said == expected, where.file_name() << ":" << where.line() << ": expected\n"
                                                          << expected << "\nbut the program prints\n"
                                                          << said);
}

/// What a run prints whose disk has room for metrics.csv, but not for weights.h5 or a checkpoint.
inline std::string no_room_for_weights(const std::string& folder, const std::string& cause) {
  const std::string remedy = "  make room there, or name another place for the results: --out DIR\n";
  return "warning: no checkpoint could be written: cannot write " + folder +
         "/checkpoints/000001.checkpoint: " + cause + "\n" + remedy + "error: cannot write " + folder +
         "/weights.h5: " + cause + "\n" + remedy;
}

/// A study that runs in well under a second: synthetic digits, a small network, two models.
inline const std::string small_study = R"(# Does l2 help after thirty steps?
[pipeline]
name = small

[dataset]
plugin = digits
train = 600
test = 200

[network]
layers = 784, 16, 10

[training]
steps = 30
batch_size = 20
learning_rate = 0.1

[model:plain]

[model:l2]
regularisers = l2
l2.lambda = 1e-3

[metric:accuracy]
every = 10
)";

/// A world with this study as study.ini.
struct StudyFixture : World {
  StudyFixture() { write("study.ini", small_study); }
};

/// The pipeline files that come with the program, in the order of their names.
inline std::vector<fs::path> shipped_pipelines() {
  std::vector<fs::path> files;
  for (const auto& file : fs::directory_iterator(SOURCE_DIR "/pipelines"))
    if (file.path().extension() == ".ini") files.push_back(file.path());
  std::ranges::sort(files);
  return files;
}

/// The names in a folder, sorted.
inline std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& file : fs::directory_iterator(folder)) names.push_back(file.path().filename().string());
  std::ranges::sort(names);
  return names;
}

}  // namespace support
