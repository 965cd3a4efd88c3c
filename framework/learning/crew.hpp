// Threads without a model of their own lend a hand in the products of the others'.
#pragma once
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

namespace pipeline::learning {

class Crew {
 public:
  /// Calls f(i) once for each i in [0, parts): here, and in threads that are inside help() just now. Returns when all
  /// are done. f may be called by several threads at once, and may not throw.
  template <class F>
  void divide(std::size_t parts, const F& f) {
    Work work{[](const void* of, std::size_t i) { (*static_cast<const F*>(of))(i); }, &f, parts};
    share(work);
  }

  /// Takes part in whatever work there is for so long, give or take a part.
  void help(std::chrono::microseconds time);

 private:
  struct Work {
    void (*part)(const void* of, std::size_t i);
    const void* of;
    std::size_t parts;
    std::atomic<std::size_t> taken = 0;
    std::size_t helpers = 0;  // under the mutex

    bool has_room() const { return helpers + 1 < parts && taken.load(std::memory_order_relaxed) < parts; }
    void take_part() {
      for (std::size_t i; (i = taken.fetch_add(1, std::memory_order_relaxed)) < parts;) part(of, i);
    }
  };

  void share(Work& work);
  Work* open_work();

  std::mutex mutex_;
  std::condition_variable opened_, left_;
  std::vector<Work*> open_;
  std::atomic<std::size_t> helping_ = 0;         // threads inside help()
  std::atomic<std::uint64_t> times_opened_ = 0;  // what they watch before they fall asleep
};

}  // namespace pipeline::learning
