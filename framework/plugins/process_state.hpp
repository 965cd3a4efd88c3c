// What a plugin shares with the rest of the program, and must leave as it found it: the working directory, locales,
// signal handlers, environment variables, ...
//
// Taking it costs some ten microseconds, so it is not compared around every call: the probe and the laws compare it;
// during a run it is compared only after a plugin has called a function that changes it (cli/interposed.cpp).
#pragma once
#include <sys/resource.h>
#include <sys/types.h>

#include <array>
#include <clocale>
#include <csignal>
#include <locale>
#include <string>
#include <vector>

namespace pipeline::plugins {

class ProcessState {
 public:
  /// The caller may give the streams' locale where it must not be asked for: std::locale::global() holds a lock while
  /// it calls setlocale().
  static ProcessState now(const std::locale& of_streams = std::locale()) { return ProcessState(of_streams); }
  /// "the working directory and a signal handler (SIGINT)"; empty if nothing differs later.
  std::string difference(const ProcessState& later) const;
  /// Restores what can be restored: everything but the standard streams.
  void restore() const;

 private:
  explicit ProcessState(const std::locale& of_streams);

  struct Stream {
    dev_t device = 0;
    ino_t inode = 0;
    bool open = false;
    bool operator==(const Stream&) const = default;
  };
  static constexpr int kSignals = 64;  // 1 .. kSignals

  std::string folder_, locale_;
  std::locale stream_locale_;
  locale_t thread_locale_ = {};
  mode_t umask_ = 0;
  std::array<struct sigaction, kSignals + 1> handlers_ = {};
  sigset_t blocked_ = {};
  stack_t signal_stack_ = {};
  std::vector<std::string> environment_;  // sorted
  std::array<Stream, 3> streams_;
  std::array<rlimit, RLIM_NLIMITS> limits_ = {};
};

}  // namespace pipeline::plugins
