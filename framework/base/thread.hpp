// Starting a thread, with an error that says what to do where the system allows no more of them.
#pragma once
#include <stdexcept>
#include <system_error>
#include <utility>

namespace pipeline::base {

/// Nobody's fault but that of a limit, so it must not be blamed on the plugin that was being called.
struct ThreadError : std::runtime_error {
  explicit ThreadError(const std::system_error& e)
      : std::runtime_error("cannot start a thread: " + e.code().message() +
                           "\n  use fewer (--threads 1), or raise the limits of processes and memory (ulimit -u, -v)") {
  }
};

/// Adds a thread (std::thread or std::jthread) to a list of them.
template <class Threads, class Work>
void start_thread(Threads& threads, Work&& work) try {
  threads.emplace_back(std::forward<Work>(work));
} catch (const std::system_error& e) {
  throw ThreadError(e);
}

}  // namespace pipeline::base
