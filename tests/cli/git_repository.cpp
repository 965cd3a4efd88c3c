// The state of the working directory's git repository goes into run.json, and nothing that the repository names runs.
#include <sys/stat.h>

#include <nlohmann/json.hpp>

#include "support/program.hpp"
#include "support/requirements.hpp"

using namespace support;
using nlohmann::json;

namespace {

/// A repository with one commit, which contains study.ini.
struct Repository : World {
  Repository() {
    write("study.ini", replaced(small_study, "steps = 30", "steps = 1"));
    write("notes.txt", "one\n");
    git("init -q && git config user.name n && git config user.email e && git add . && git commit -qm first");
  }
  void git(const std::string& command) const { check_exit(bash("git " + command), 0); }
  std::string head() const {
    const std::string line = bash("git rev-parse HEAD").out;
    return line.substr(0, line.find('\n'));
  }
  /// "git" of run.json of a new run.
  json recorded(const std::string& from = ".") const {
    static int n = 0;
    const std::string out = here.parent_path() / ("out" + std::to_string(n++));
    check_exit(bash("cd " + from + " && $P run " + (here / "study.ini").string() + " --progress none --out " + out), 0);
    return json::parse(read_file(out + "/run.json"))["git"];
  }
  /// A script in the repository that leaves a trace if anything runs it.
  std::string trap() const {
    const fs::path script = write("trap.sh", "#!/bin/sh\necho ran >> '" + trace().string() + "'\ncat\n");
    fs::permissions(script, fs::perms::owner_all);
    return script.string();
  }
  fs::path trace() const { return here.parent_path() / "trace"; }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(git_repository, *boost::unit_test::precondition(support::needs_git))

BOOST_AUTO_TEST_CASE(the_commit_and_whether_tracked_files_differ_are_recorded) {
  const Repository repository;
  const std::string first = repository.head();
  BOOST_TEST(first.size() == 40u);
  repository.write("untracked", "");
  BOOST_TEST((repository.recorded() == json({{"commit", first}, {"dirty", false}})));
  fs::create_directories(repository.here / "below");
  BOOST_TEST((repository.recorded("below") == json({{"commit", first}, {"dirty", false}})));
  repository.write("notes.txt", "two\n");
  BOOST_TEST((repository.recorded() == json({{"commit", first}, {"dirty", true}})));
  repository.git("commit -qam second");
  BOOST_TEST((repository.recorded() == json({{"commit", repository.head()}, {"dirty", false}})));
  fs::remove(repository.here / "notes.txt");
  BOOST_TEST((repository.recorded()["dirty"] == true));
  repository.git("checkout -q notes.txt && git worktree add -q ../tree");
  BOOST_TEST((repository.recorded("../tree") == json({{"commit", repository.head()}, {"dirty", false}})));
}

BOOST_AUTO_TEST_CASE(outside_a_repository_and_before_the_first_commit_there_is_nothing) {
  const Repository repository;
  BOOST_TEST(repository.recorded("..").is_null());
  repository.git("init -q ../empty");
  BOOST_TEST(repository.recorded("../empty").is_null());
  // A bare repository has a commit, and no files that could differ.
  repository.git("clone -q --bare . ../bare");
  BOOST_TEST((repository.recorded("../bare") == json({{"commit", repository.head()}, {"dirty", nullptr}})));
}

BOOST_AUTO_TEST_CASE(no_program_that_a_repository_names_is_run) {
  for (const std::string setting : {"core.fsmonitor",
                                    "core.sshCommand",
                                    "core.gitProxy",
                                    "core.pager",
                                    "core.editor",
                                    "core.askPass",
                                    "diff.external",
                                    "diff.x.command",
                                    "diff.x.textconv",
                                    "filter.x.clean",
                                    "filter.x.smudge",
                                    "filter.x.process",
                                    "alias.status",
                                    "alias.rev-parse",
                                    "credential.helper",
                                    "gpg.program",
                                    "merge.x.driver",
                                    "uploadpack.packObjectsHook",
                                    "core.alternateRefsCommand",
                                    "pager.status",
                                    "trailer.x.command"}) {
    const Repository repository;
    const std::string trap = repository.trap();
    repository.write(".gitattributes", "*.txt filter=x diff=x merge=x\n");
    repository.git("add .gitattributes && git commit -qm attributes");
    const std::string value = setting.starts_with("alias.") ? "!" + trap : trap;
    repository.git("config " + setting + " '" + value + "'");
    fs::last_write_time(repository.here / "notes.txt", fs::file_time_type::clock::now() + std::chrono::seconds(5));
    BOOST_TEST((repository.recorded()["commit"] == repository.head()), setting);
    BOOST_TEST(!fs::exists(repository.trace()), setting);
  }
}

BOOST_AUTO_TEST_CASE(no_hook_of_a_repository_is_run_and_nothing_that_it_includes) {
  const Repository repository;
  const std::string trap = repository.trap();
  for (const char* folder : {"hooks", ".git/hooks"}) fs::create_directories(repository.here / folder);
  for (const char* hook : {"post-index-change", "fsmonitor-watchman", "reference-transaction", "post-checkout"})
    for (const char* folder : {"hooks", ".git/hooks"})
      fs::copy_file(trap, repository.here / folder / hook, fs::copy_options::overwrite_existing);
  repository.git("config core.hooksPath hooks");
  repository.write("evil", "[core]\n\tfsmonitor = " + trap + "\n");
  repository.git("config include.path ../evil");
  BOOST_TEST((repository.recorded()["commit"] == repository.head()));
  BOOST_TEST(!fs::exists(repository.trace()));
  // What git itself would do with these settings.
  repository.git("status >/dev/null 2>&1");
  BOOST_TEST(fs::exists(repository.trace()));
}

BOOST_AUTO_TEST_CASE(a_change_that_a_filter_may_undo_is_unknown) {
  const Repository repository;
  repository.write(".gitattributes", "*.txt filter=lfs\n");
  repository.git("add .gitattributes && git commit -qm attributes");
  repository.write("notes.txt", "what the filter made of it\n");
  BOOST_TEST((repository.recorded() == json({{"commit", repository.head()}, {"dirty", nullptr}})));
}

BOOST_AUTO_TEST_CASE(the_commit_is_recorded_even_if_the_tree_cannot_be_compared_with_it) {
  const Repository repository;
  const fs::path index = repository.here / ".git/index";
  fs::remove(index);
  BOOST_TEST_REQUIRE(::mkfifo(index.c_str(), 0666) == 0);
  const auto run = repository.start({"run", "study.ini", "--progress", "none", "--out", "../out"});
  // A pipe can be opened so once somebody waits to read it.
  int pipe = -1;
  const bool waits =
      run->wait_until([&] { return (pipe = ::open(index.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC)) >= 0; });
  BOOST_TEST_REQUIRE(waits);
  const std::string parent = std::to_string(run->pid());
  const std::string reader = read_file("/proc/" + parent + "/task/" + parent + "/children");
  BOOST_TEST_REQUIRE(::kill(std::stoi(reader), SIGKILL) == 0);  // as the program itself does after ten seconds
  check_exit(run->finish(), 0);
  ::close(pipe);
  BOOST_TEST((json::parse(repository.read("../out/run.json"))["git"] ==
              json({{"commit", repository.head()}, {"dirty", nullptr}})));
}

BOOST_AUTO_TEST_CASE(a_relative_home_is_no_home) {
  // Otherwise the working directory, which somebody may have sent, would hold the user's settings, data and plugins.
  Repository repository;
  const std::string head = repository.head();
  for (const std::string name : {"HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"})
    repository.environment[name] = ".";
  repository.write(".gitconfig", "[core\n");
  repository.write("git/config", "[core\n");
  fs::create_directories(repository.here / ".local/share/pipeline/plugins");
  fs::create_directories(repository.here / "pipeline/plugins");
  for (const char* folder : {".local/share/pipeline/plugins", "pipeline/plugins"})
    fs::copy_file(BUILD_DIR "/lib/pipeline/template/example_metric.so", repository.here / folder / "example_metric.so");
  BOOST_TEST((repository.recorded()["commit"] == head));
  const Said said = repository.run({"plugins", "list"});
  check_exit(said, 0);
  BOOST_TEST(said.out.find("example_metric") == std::string::npos);
  BOOST_TEST(repository.run({"plugins", "path"}).out.find(repository.here.string()) == std::string::npos);
  BOOST_TEST(repository.run({"data", "path", "mnist"}).out.find(".local") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
