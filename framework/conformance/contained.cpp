#include "conformance/contained.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>

#include "learning/speaking.hpp"

#if defined(__linux__)
#include <sys/prctl.h>
#endif

namespace pipeline::conformance {

namespace {
using nlohmann::json;
using Clock = std::chrono::steady_clock;

// How long a process that hangs has to say in which hook.
constexpr std::chrono::seconds kLastWords{2};

int mouth = -1;  // of the child: where it says what comes out

/// Says whose hook ran, and nothing else: signal handlers call it.
void name_the_hook() {
  const auto say = [](const char* text) {
    if (::write(mouth, text, std::strlen(text)) < 0) ::_exit(1);
  };
  if (const learning::Speaker* who = learning::speaking) {
    say("hook ");
    say(who->hook);
    say("\n");
  }
}

extern "C" void on_crash(int number) {
  name_the_hook();
  ::signal(number, SIG_DFL);
  ::raise(number);
}

/// A plugin called exit: with the code that it gave, and before what others want to be done at the end.
extern "C" void on_exit_of_a_hook(int code, void*) {
  name_the_hook();
  ::_exit(code);
}

/// Where a child's temporary files go, so that none stay behind when it crashes. It goes with this object.
class ScratchFolder {
 public:
  ScratchFolder() {
    std::error_code none;
    std::string name = (std::filesystem::temp_directory_path(none) / "pipeline_conformance_XXXXXX").string();
    if (!none && ::mkdtemp(name.data())) path_ = name;  // else the laws that need one say so
  }
  ~ScratchFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  /// For this process and those that it starts.
  void use() const {
    if (!path_.empty()) ::setenv("TMPDIR", path_.c_str(), 1);
  }

 private:
  std::filesystem::path path_;
};

[[noreturn]] void be_the_child(const Candidate& candidate, const std::vector<Law>& all, std::size_t first,
                               const ScratchFolder& scratch) {
  scratch.use();
  ::setpgid(0, 0);  // so that what the plugin starts goes with it
#if defined(__linux__)
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
  const int nowhere = ::open("/dev/null", O_RDWR);
  for (const int fd : {0, 1, 2}) ::dup2(nowhere, fd);
  const learning::HandlerStack stack;
  struct sigaction action {};
  action.sa_handler = on_crash;
  action.sa_flags = SA_ONSTACK | SA_NODEFER;
  for (const int number : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTERM}) ::sigaction(number, &action, nullptr);
  std::set_terminate(std::abort);
  ::on_exit(on_exit_of_a_hook, nullptr);
  for (std::size_t i = first; i < all.size(); ++i) {
    const Outcome o = judge(all[i], candidate);
    const std::string line = json{{"verdict", static_cast<int>(o.verdict)}, {"detail", o.detail}}.dump(
                                 -1, ' ', false, json::error_handler_t::replace) +
                             "\n";
    for (std::size_t at = 0; at < line.size();) {
      const ssize_t n = ::write(mouth, line.data() + at, line.size() - at);
      if (n <= 0) ::_exit(1);
      at += static_cast<std::size_t>(n);
    }
  }
  ::_exit(0);  // what the library does at its end the probe has seen
}

/// A child that tries laws from `first` on, as its parent hears it.
class Child {
 public:
  Child(const Candidate& candidate, const std::vector<Law>& all, std::size_t first) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error(std::string("no pipe: ") + std::strerror(errno));
    pid_ = ::fork();
    if (pid_ == 0) {
      ::close(ends[0]);
      mouth = ends[1];
      be_the_child(candidate, all, first, scratch_);
    }
    ::close(ends[1]);
    ear_ = ends[0];
    if (pid_ < 0) throw std::runtime_error(std::string("no process: ") + std::strerror(errno));
  }
  ~Child() {
    if (pid_ > 0) ::kill(-pid_, SIGKILL), ::kill(pid_, SIGKILL), ::waitpid(pid_, nullptr, 0);
    ::close(ear_);
  }
  Child(const Child&) = delete;

  /// The next line it says; nothing where it has ended or the time is over.
  std::optional<std::string> line(Clock::time_point until) {
    for (;;) {
      if (const std::size_t end = heard_.find('\n'); end != std::string::npos) {
        const std::string text = heard_.substr(0, end);
        heard_.erase(0, end + 1);
        return text;
      }
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now()).count();
      if (left <= 0) {
        too_long_ = true;
        return std::nullopt;
      }
      pollfd ready{ear_, POLLIN, 0};
      if (::poll(&ready, 1, static_cast<int>(std::min<long long>(left, 1000))) <= 0) continue;
      char text[4096];
      const ssize_t n = ::read(ear_, text, sizeof text);
      if (n <= 0) return std::nullopt;
      heard_.append(text, static_cast<std::size_t>(n));
    }
  }
  bool took_too_long() const { return too_long_; }
  void ask_where_it_is() {
    too_long_ = false;
    ::kill(pid_, SIGTERM);
  }
  /// Its status, once it has closed its mouth.
  int wait() {
    int status = 0;
    ::waitpid(pid_, &status, 0);
    ::kill(-pid_, SIGKILL);
    pid_ = -1;
    return status;
  }

 private:
  const ScratchFolder scratch_;  // taken away once everybody who could write into it is gone
  pid_t pid_ = -1;
  int ear_ = -1;
  std::string heard_;
  bool too_long_ = false;
};

std::string how_it_ended(int status) {
  if (WIFEXITED(status)) return "ends the program, with exit code " + std::to_string(WEXITSTATUS(status));
  const int number = WTERMSIG(status);
  const char* name = ::sigabbrev_np(number);
  return "crashes (" + (name ? "SIG" + std::string(name) : "signal " + std::to_string(number)) + ", " +
         ::strsignal(number) + ")";
}

}  // namespace

std::vector<Outcome> judge_contained(const Candidate& candidate, std::chrono::seconds limit,
                                     const std::function<void(const Outcome&)>& said) {
  const std::vector<Law>& all = laws(candidate.plugin.kind);
  std::vector<Outcome> out;
  const auto add = [&](Outcome o) {
    out.push_back(std::move(o));
    if (said) said(out.back());
  };
  while (out.size() < all.size()) {
    Child child(candidate, all, out.size());
    std::string hook;
    const auto listen = [&](Clock::duration each) {
      while (const auto line = child.line(Clock::now() + each)) {
        if (line->starts_with("hook ")) {
          hook = " in hook " + line->substr(5);
          continue;
        }
        const json j = json::parse(*line);
        add({all[out.size()].name, static_cast<Verdict>(j.at("verdict").get<int>()), j.at("detail")});
        if (out.size() == all.size()) return;
      }
    };
    listen(limit);
    if (out.size() == all.size()) break;
    if (child.took_too_long()) {
      child.ask_where_it_is();
      listen(kLastWords);
      if (out.size() == all.size()) break;
      add({all[out.size()].name, Verdict::failed,
           "hangs" + hook + ": no answer within " + std::to_string(limit.count()) + " s"});
      while (out.size() < all.size())
        add({all[out.size()].name, Verdict::skipped, "not tried, because the plugin hangs"});
      break;
    }
    const int status = child.wait();
    add({all[out.size()].name, Verdict::failed, how_it_ended(status) + hook});
  }
  return out;
}

}  // namespace pipeline::conformance
