// Threads without a model of their own lend a hand in the products of the others'.
#pragma once
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <vector>

namespace pipeline::learning {

class Crew {
 public:
  /// Calls f(i) once for each i in [0, parts): here, and in every thread that is inside help() meanwhile. Returns when
  /// all are done. f may be called by several threads at once, and may not throw.
  template <class F>
  void divide(std::size_t parts, const F& f) {
    Work work{[](const void* of, std::size_t i) { (*static_cast<const F*>(of))(i); }, &f, parts};
    share(work);
  }

  /// Takes part in work that is going on, or waits a little for some; comes back after one piece of work at most.
  void help(std::chrono::microseconds at_most);

 private:
  struct Work {
    void (*part)(const void* of, std::size_t i);
    const void* of;
    std::size_t parts;
    std::atomic<std::size_t> taken = 0;
    std::size_t helpers = 0;  // under the mutex

    bool is_left() const { return taken.load(std::memory_order_relaxed) < parts; }
    void take_part() {
      for (std::size_t i; (i = taken.fetch_add(1, std::memory_order_relaxed)) < parts;) part(of, i);
    }
  };

  void share(Work& work);
  Work* open_work();

  std::mutex mutex_;
  std::condition_variable opened_, left_;
  std::vector<Work*> open_;
  std::atomic<std::size_t> idle_ = 0;            // threads inside help() that have nothing to do
  std::atomic<std::uint64_t> times_opened_ = 0;  // what they watch before they fall asleep
};

}  // namespace pipeline::learning
