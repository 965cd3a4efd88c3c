#include "base/child_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iterator>
#include <system_error>
#include <thread>
#include <utility>

extern char** environ;

namespace pipeline::base {

namespace {

/// The settings of posix_spawn, released together.
struct SpawnSettings {
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  SpawnSettings() { ::posix_spawn_file_actions_init(&files), ::posix_spawnattr_init(&attributes); }
  ~SpawnSettings() { ::posix_spawn_file_actions_destroy(&files), ::posix_spawnattr_destroy(&attributes); }
  SpawnSettings(const SpawnSettings&) = delete;
};

/// The parent's environment with these variables set or removed.
std::vector<std::string> environment_with(const std::vector<std::string>& changes) {
  const auto name_of = [](const std::string& variable) { return variable.substr(0, variable.find('=')); };
  std::vector<std::string> all;
  for (char** variable = environ; *variable; ++variable)
    if (std::ranges::find(changes, name_of(*variable), name_of) == changes.end()) all.emplace_back(*variable);
  std::ranges::copy_if(changes, std::back_inserter(all), [](const std::string& c) { return c.find('=') != c.npos; });
  return all;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  out.reserve(texts.size() + 1);
  for (std::string& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

}  // namespace

ChildProcess::ChildProcess(const Command& command) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "cannot create a pipe");
  SpawnSettings settings;
  // From here on, relative paths start from the child's folder.
  if (!command.folder.empty()) ::posix_spawn_file_actions_addchdir_np(&settings.files, command.folder.c_str());
  ::posix_spawn_file_actions_addopen(&settings.files, 0, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&settings.files, ends[1], 1);
  ::posix_spawn_file_actions_addopen(&settings.files, 2, command.errors.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
  sigset_t none, all;
  ::sigemptyset(&none), ::sigfillset(&all);
  ::posix_spawnattr_setsigmask(&settings.attributes, &none);
  ::posix_spawnattr_setsigdefault(&settings.attributes, &all);
  ::posix_spawnattr_setpgroup(&settings.attributes, 0);  // a Ctrl-C meant for the parent does not reach it
  ::posix_spawnattr_setflags(&settings.attributes,
                             POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  std::vector<std::string> words = {command.program}, variables = environment_with(command.environment);
  words.insert(words.end(), command.arguments.begin(), command.arguments.end());
  const int error = ::posix_spawnp(&pid_, command.program.c_str(), &settings.files, &settings.attributes,
                                   pointers(words).data(), pointers(variables).data());
  ::close(ends[1]);
  read_fd_ = ends[0];
  if (error) {
    pid_ = -1;
    ::close(read_fd_);
    throw std::system_error(error, std::generic_category(), command.program);
  }
}

ChildProcess::ChildProcess(const std::function<void(int write_fd)>& body) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "cannot create a pipe");
  pid_ = ::fork();
  if (pid_ == 0) {
    ::close(ends[0]);
    ::setpgid(0, 0);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    body(ends[1]);
    ::_exit(0);
  }
  ::close(ends[1]);
  read_fd_ = ends[0];
  if (pid_ > 0) return;
  ::close(read_fd_);
  throw std::system_error(errno, std::generic_category(), "cannot start a process");
}

ChildProcess::~ChildProcess() {
  end();
  ::close(read_fd_);
}

/// Until waitpid returns, no other process can have the child's pid.
void ChildProcess::end() {
  if (pid_ <= 0) return;
  ::kill(-pid_, SIGKILL), ::kill(pid_, SIGKILL);
  status_ = W_EXITCODE(255, 0);  // unless waitpid knows better
  while (::waitpid(pid_, &status_, 0) < 0 && errno == EINTR) continue;
  pid_ = -1;
}

bool ChildProcess::has_ended() const {
  if (pid_ <= 0) return true;
  siginfo_t info{};
  if (::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) == 0) return info.si_pid == pid_;
  return errno != EINTR;  // ECHILD where SIGCHLD is ignored: the child has ended, and its status is lost
}

/// Reads what is available, waiting for it until the deadline. False at the end of the output or at the deadline.
bool ChildProcess::read_some(Clock::time_point deadline) {
  timed_out_ = false;
  while (open_) {
    // A process that the child started may keep the pipe open after the child has ended; it is not waited for.
    const bool ended = has_ended();
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0 && !ended) {
      timed_out_ = true;
      return false;
    }
    pollfd ready{read_fd_, POLLIN, 0};
    const int events = ::poll(&ready, 1, ended ? 0 : static_cast<int>(std::min<long long>(left, 50)));
    if (events < 0 && errno != EINTR) open_ = false;
    if (events == 0 && ended) open_ = false;
    if (events <= 0) continue;
    char text[4096];
    const ssize_t n = ::read(read_fd_, text, sizeof text);
    if (n < 0 && errno == EINTR) continue;
    if (n > 0) {
      read_.append(text, static_cast<std::size_t>(n));
      return true;
    }
    open_ = false;
  }
  return false;
}

std::optional<std::string> ChildProcess::line(Clock::time_point deadline) {
  for (;;) {
    if (const std::size_t end = read_.find('\n'); end != std::string::npos) {
      const std::string text = read_.substr(0, end);
      read_.erase(0, end + 1);
      return text;
    }
    if (!read_some(deadline)) return std::nullopt;
  }
}

std::string ChildProcess::all(Clock::time_point deadline) {
  while (read_some(deadline)) continue;
  return std::exchange(read_, {});
}

void ChildProcess::skip_output(Clock::time_point deadline) {
  while (read_some(deadline)) read_.clear();
}

void ChildProcess::signal(int number) const {
  if (pid_ > 0) ::kill(pid_, number);
}

int ChildProcess::wait(Clock::time_point deadline) {
  timed_out_ = false;
  while (!has_ended() && !timed_out_) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    timed_out_ = Clock::now() >= deadline;
  }
  end();
  return status_;
}

std::string signal_text(int number) {
  const char *name = ::sigabbrev_np(number), *meaning = ::sigdescr_np(number);
  return (name ? "SIG" + std::string(name) : "signal " + std::to_string(number)) +
         (meaning ? std::string(", ") + meaning : "");
}

}  // namespace pipeline::base
