#include "conformance/contained.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/child_process.hpp"
#include "base/json_number.hpp"
#include "base/signal_stack.hpp"
#include "base/write_all.hpp"
#include "plugins/call_scope.hpp"
#include "plugins/ending.hpp"

namespace pipeline::conformance {

namespace {
using nlohmann::json;

// How long a process that hangs has to report its hook.
constexpr std::chrono::seconds kHookLimit{2};

int write_fd = -1;  // in the child: the pipe to its parent

/// Writes the name of the hook being called. Signal handlers call it, so it must not allocate.
void report_hook() {
  const auto print = [](const char* text) {
    if (::write(write_fd, text, std::strlen(text)) < 0) plugins::end_now(1);
  };
  if (const plugins::PluginCall* call = plugins::current_call) {
    print("hook ");
    print(call->hook);
    print("\n");
  }
}

extern "C" void on_crash(int number) {
  report_hook();
  plugins::current_call = nullptr;  // what follows is not the plugin's doing
  ::signal(number, SIG_DFL);
  ::raise(number);
}

/// The parent reports the code.
void on_end(const char*, int code) {
  report_hook();
  plugins::end_now(code);
}

/// Takes a child's temporary files, so that none are left behind when it crashes. Removed with this object.
class ScratchFolder {
 public:
  ScratchFolder() {
    std::error_code none;
    std::string name = (std::filesystem::temp_directory_path(none) / "pipeline_conformance_XXXXXX").string();
    if (!none && ::mkdtemp(name.data())) path_ = name;  // else the laws that need one report it
  }
  ~ScratchFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  /// In this process and its children.
  void use() const {
    if (!path_.empty())
      ::setenv("TMPDIR", path_.c_str(), 1);  // NOLINT(concurrency-mt-unsafe): a forked child has one thread
  }

 private:
  std::filesystem::path path_;
};

/// In the child: tries laws from `first` on and writes each result as a line of JSON.
void try_laws(const Candidate& candidate, const std::vector<Law>& all, std::size_t first,
              const ScratchFolder& scratch) {
  scratch.use();
  const int null = ::open("/dev/null", O_RDWR);
  for (const int fd : {0, 1, 2}) ::dup2(null, fd);
  const base::SignalStack stack;
  struct sigaction action {};
  action.sa_handler = on_crash;
  action.sa_flags = SA_ONSTACK | SA_NODEFER;
  for (const int number : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTERM}) ::sigaction(number, &action, nullptr);
  std::set_terminate(std::abort);
  plugins::when_ended_by_a_plugin(on_end);
  for (std::size_t i = first; i < all.size(); ++i) {
    const LawResult result = check_law(all[i], candidate);
    const json fields = {{"status", static_cast<int>(result.status)},
                         {"detail", result.detail},
                         {"causes", result.causes},
                         {"unusable", result.unusable}};
    const std::string line = fields.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
    if (!base::write_all(write_fd, line)) plugins::end_now(1);
  }
  plugins::end_now(0);  // the probe has tested what the library does when a program ends
}

std::string describe_end(int status) {
  if (WIFEXITED(status)) return "ends the program, with exit code " + std::to_string(WEXITSTATUS(status));
  const int number = WTERMSIG(status);
  return "crashes (" + base::signal_text(number) + ")";
}

}  // namespace

std::vector<LawResult> check_contained(const Candidate& candidate, std::chrono::seconds limit,
                                       const std::function<void(const LawResult&)>& on_result) {
  const std::vector<Law>& all = laws(candidate.plugin.kind);
  std::vector<LawResult> out;
  DistinctFailures distinct;
  const auto add = [&](LawResult result) {
    out.push_back(distinct.add(std::move(result)));
    if (on_result) on_result(out.back());
  };
  const auto fail = [&](const std::string& detail) {
    add({all[out.size()].name, LawStatus::failed, detail, {detail}});
  };
  const auto skip_rest = [&](const std::string& reason) {
    while (out.size() < all.size()) add({all[out.size()].name, LawStatus::skipped, "not tried: " + reason});
  };
  while (out.size() < all.size()) {
    const ScratchFolder scratch;  // outlives the child
    base::ChildProcess child([&](int fd) {
      write_fd = fd;
      try_laws(candidate, all, out.size(), scratch);
    });
    std::string hook;
    const auto read_results = [&](base::ChildProcess::Clock::duration each) {
      while (const auto line = child.line(base::ChildProcess::Clock::now() + each)) {
        if (line->starts_with("hook ")) {
          hook = " in hook " + line->substr(5);
          continue;
        }
        const json j = json::parse(*line);
        const std::string detail = j.at("detail");
        add({all[out.size()].name, static_cast<LawStatus>(base::whole_number<int>(j.at("status"))), detail,
             j.at("causes"), j.at("unusable")});
        if (j.at("unusable")) skip_rest(detail);
        if (out.size() == all.size()) return;
      }
    };
    read_results(limit);
    if (out.size() == all.size()) break;
    if (child.timed_out()) {
      child.signal(SIGTERM);  // its handler writes the hook that it is in
      read_results(kHookLimit);
      if (out.size() == all.size()) break;
      fail("hangs" + hook + ": no result within " + std::to_string(limit.count()) + " s");
      skip_rest("the plugin hangs");
      break;
    }
    const int status = child.wait();
    fail(describe_end(status) + hook);
  }
  return out;
}

}  // namespace pipeline::conformance
