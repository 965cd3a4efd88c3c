#include "plugins/ending.hpp"

#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <mutex>

#include "plugins/call_scope.hpp"

namespace pipeline::plugins {

namespace {
std::atomic<WhenEnded> when_ended = nullptr;
std::atomic<pid_t> process = 0;
std::atomic_flag is_ending;
// Read in signal handlers, so it must not be allocated.
[[gnu::tls_model("initial-exec")]] constinit thread_local bool this_thread_ends_it = false;

/// errx(), error() and their kind call the C library's own exit(), which nothing replaces.
void end_by_the_c_library() {
  if (current_call) about_to_end_the_process("a function that exits", 0);
}

}  // namespace

void when_ended_by_a_plugin(WhenEnded action) {
  process = ::getpid();
  when_ended = action;
  static std::once_flag once;
  std::call_once(once, [] { std::atexit(end_by_the_c_library); });
}

void about_to_end_the_process(const char* function, int code) {
  const WhenEnded action = when_ended;
  if (!action || this_thread_ends_it || process != ::getpid()) return;
  while (is_ending.test_and_set()) ::pause();  // another thread ends the process already, with the right exit code
  this_thread_ends_it = true;
  action(function, code);
}

void end_now(int code) {
  this_thread_ends_it = true;
  for (;;) ::syscall(SYS_exit_group, code);
}

}  // namespace pipeline::plugins
