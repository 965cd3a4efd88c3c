#include "plugins/probe.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/dll/runtime_symbol_info.hpp>
#include <cstdlib>
#include <cstring>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include "plugins/catalogue.hpp"
#include "plugins/memory.hpp"

extern char** environ;

namespace pipeline::plugins {
namespace fs = std::filesystem;
using nlohmann::json;
using Clock = std::chrono::steady_clock;

namespace {

/// How the child ended, and what it had said by then.
struct End {
  std::string said, cannot_start;
  int status = 0;
  bool too_long = false;
};

/// Ends what the child started and left behind, and the child, which may have joined another group. Until it is waited
/// for, nobody else can have its number.
void end_all(pid_t child, End& end) {
  ::kill(-child, SIGKILL), ::kill(child, SIGKILL);
  ::waitpid(child, &end.status, 0);
}

bool has_ended(pid_t child) {
  siginfo_t info{};
  return ::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == child;
}

/// Reads until the child has ended or the time is over; a child that closes the pipe and stays is waited for as well.
void listen(int pipe, pid_t child, Clock::time_point until, End& end) {
  bool open = true;
  for (;;) {
    if (has_ended(child)) break;
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now()).count();
    if (left <= 0) {
      end.too_long = true;
      break;
    }
    if (!open) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
      continue;
    }
    pollfd ready{pipe, POLLIN, 0};
    if (::poll(&ready, 1, static_cast<int>(std::min<long long>(left, 100))) <= 0) continue;
    char text[4096];
    if (const ssize_t n = ::read(pipe, text, sizeof text); n > 0)
      end.said.append(text, static_cast<std::size_t>(n));
    else
      open = false;
  }
  end_all(child, end);
  // What it said last may still be in the pipe. What it started may hold the pipe open: that is not waited for.
  ::fcntl(pipe, F_SETFL, O_NONBLOCK);
  char text[4096];
  for (ssize_t n; open && (n = ::read(pipe, text, sizeof text)) > 0;)
    end.said.append(text, static_cast<std::size_t>(n));
}

End run_probe(const fs::path& library) {
  End end;
  const std::string program = (own_folder().parent_path() / "probe").string(), file = library.string();
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) {
    end.cannot_start = std::strerror(errno);
    return end;
  }
  posix_spawn_file_actions_t files;
  ::posix_spawn_file_actions_init(&files);
  ::posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&files, ends[1], 1);
  ::posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
  posix_spawnattr_t as;
  ::posix_spawnattr_init(&as);
  sigset_t none, usual;
  ::sigemptyset(&none);
  ::sigfillset(&usual);
  ::posix_spawnattr_setsigmask(&as, &none);
  ::posix_spawnattr_setsigdefault(&as, &usual);
  ::posix_spawnattr_setpgroup(&as, 0);  // a group of its own, so that what the library starts goes with it
  ::posix_spawnattr_setflags(&as, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  char* const argv[] = {const_cast<char*>(program.c_str()), const_cast<char*>(file.c_str()), nullptr};
  pid_t child = -1;
  const int trouble = ::posix_spawn(&child, program.c_str(), &files, &as, argv, environ);
  ::posix_spawnattr_destroy(&as);
  ::posix_spawn_file_actions_destroy(&files);
  ::close(ends[1]);
  if (trouble)
    end.cannot_start = program + ": " + std::strerror(trouble);
  else
    listen(ends[0], child,
           Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(probe_seconds())),
           end);
  ::close(ends[0]);
  return end;
}

std::string seconds_text(double seconds) {
  std::ostringstream out;
  out.imbue(std::locale::classic());
  out << seconds;
  return out.str() + " s";
}

std::string signal_text(int number) {
  const char* name = ::sigabbrev_np(number);
  return (name ? "SIG" + std::string(name) : "signal " + std::to_string(number)) + ", " + ::strsignal(number);
}

Refusal refusal_from(const json& j) { return {j.at("cause"), j.at("details"), j.at("remedy")}; }

/// The child's lines, and how it ended, as a verdict.
Verdict verdict_of(const End& end) {
  if (!end.cannot_start.empty())
    return {Refusal{"it cannot be tried out, and so is not trusted: " + end.cannot_start, {}, "install pipeline again"},
            {},
            false};
  Verdict out;
  std::string who = "the library", when = "is loaded", uncaught;
  std::istringstream lines(end.said);
  for (std::string line; std::getline(lines, line);) {
    const json j = json::parse(line, nullptr, false);
    if (j.is_discarded()) continue;  // cut off by a crash
    if (j.contains("next")) {
      when = j["next"];
      who =
          j.contains("kind") ? j["kind"].get<std::string>() + " '" + j["name"].get<std::string>() + "'" : "the library";
    }
    if (j.contains("uncaught")) uncaught = j["uncaught"];
    if (j.contains("library")) return {refusal_from(j["library"]), {}, false};
    if (j.contains("plugin"))
      out.plugins.push_back(
          {j["kind"], j["name"], j["plugin"].is_null() ? std::optional<Refusal>() : refusal_from(j["plugin"])});
  }
  const std::string remedy = "mend the plugin or take its library away";
  const std::string while_it = when == "ended" ? " when the program ends" : " while it " + when;
  if (end.too_long)
    out.refusal = {who + " hangs" + while_it + ": no answer within " + seconds_text(probe_seconds()),
                   {},
                   remedy + "; PIPELINE_PROBE_SECONDS gives it longer"};
  else if (!uncaught.empty())
    out.refusal = {who + " ends the program" + while_it + ": nobody catches its exception, " + uncaught, {}, remedy};
  else if (WIFSIGNALED(end.status))
    out.refusal = {who + " crashes" + while_it + " (" + signal_text(WTERMSIG(end.status)) + ")", {}, remedy};
  else if (when != "ended" || WEXITSTATUS(end.status) != 0)
    out.refusal = {who + " ends the program" + while_it + ", with exit code " + std::to_string(WEXITSTATUS(end.status)),
                   {},
                   remedy};
  return out;
}

}  // namespace

double probe_seconds() {
  const char* text = std::getenv("PIPELINE_PROBE_SECONDS");
  if (!text) return 10;
  std::istringstream in(text);
  in.imbue(std::locale::classic());
  double seconds = 0;
  return in >> seconds && in.eof() && seconds > 0 && seconds <= 3600 ? seconds : 10;
}

Verdict probe(const fs::path& library) {
  const Verdict verdict = verdict_of(run_probe(library));
  remember(library, verdict);
  return verdict;
}

Verdict judged(const fs::path& library) {
  if (const std::optional<Verdict> known = recall(library)) return *known;
  return probe(library);
}

}  // namespace pipeline::plugins
