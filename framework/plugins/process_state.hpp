// What a plugin shares with the rest of the program, and must leave as it found it: the working directory, locales,
// signal handlers, environment variables, ...
//
// Reading it takes some ten microseconds, so it is not compared around every call: the probe and the laws compare all of
// it; a run compares what a plugin may have changed, after a call that used a function for that (plugins/changes.hpp).
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

/// The kinds of it. The later ones belong to one thread, the others to the process.
enum class Shared : unsigned {
  folder = 1,
  locale = 2,
  umask = 4,
  handlers = 8,
  environment = 16,
  streams = 32,
  limits = 64,
  thread_locale = 128,
  blocked_signals = 256,
  signal_stack = 512,
  everything = 1023
};
constexpr bool belongs_to_a_thread(Shared kind) { return kind >= Shared::thread_locale; }

class ProcessState {
 public:
  /// The caller may give the streams' locale where it must not be asked for: std::locale::global() holds a lock while
  /// it calls setlocale().
  static ProcessState now(const std::locale& of_streams = std::locale()) { return ProcessState(of_streams); }
  /// "the working directory and the handler of SIGINT": what differs later; empty if nothing does.
  std::string difference(const ProcessState& later, Shared kind = Shared::everything) const;
  /// The standard streams cannot be restored.
  void restore(Shared kind = Shared::everything) const;

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
