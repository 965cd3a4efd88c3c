// A child process in its own process group, with a pipe that it writes to and a time limit.
//
// It is started without a shell, with default signal handling and without its parent's open files. Every process that
// it starts belongs to its group, which is killed with it.
#pragma once
#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace pipeline::base {

struct Command {
  std::string program;  // a path, or a name to look for in PATH
  std::vector<std::string> arguments = {};
  std::filesystem::path folder = {};           // working directory of the child; empty: the parent's
  std::filesystem::path errors = "/dev/null";  // receives its standard error; relative to `folder`
  std::vector<std::string> environment = {};   // "NAME=value" sets a variable, "NAME" removes it
};

class ChildProcess {
 public:
  using Clock = std::chrono::steady_clock;

  /// Standard output is the pipe. Throws std::system_error if the program cannot be started.
  explicit ChildProcess(const Command& command);
  /// Forks: `body` runs in the child and receives the pipe's write end; the child exits when it returns. Only for
  /// callers without other threads.
  explicit ChildProcess(const std::function<void(int write_fd)>& body);
  /// Kills the child and its group.
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  /// The next line of output, without its newline; nothing once the child has ended or closed the pipe, or at the
  /// deadline.
  std::optional<std::string> line(Clock::time_point deadline);
  /// All output until the child ends or the deadline passes.
  std::string all(Clock::time_point deadline);
  /// Reads it all and keeps nothing.
  void skip_output(Clock::time_point deadline);
  /// Whether the last call ended at the deadline.
  bool timed_out() const { return timed_out_; }

  void signal(int number) const;
  /// Waits for the child until the deadline, then kills what is left of its group. Returns the status from waitpid.
  int wait(Clock::time_point deadline);
  int wait() { return wait(Clock::time_point::max()); }

 private:
  bool has_ended() const;
  bool read_some(Clock::time_point deadline);
  void end();

  pid_t pid_ = -1;
  int read_fd_ = -1, status_ = 0;
  bool open_ = true, timed_out_ = false;
  std::string read_;
};

/// "SIGSEGV, Segmentation fault"
std::string signal_text(int number);

}  // namespace pipeline::base
