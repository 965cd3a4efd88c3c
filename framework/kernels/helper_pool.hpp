// Lets threads that have no model to advance compute parts of the products of the models that others advance.
#pragma once
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

namespace pipeline::kernels {

class HelperPool {
 public:
  /// Calls f(i) once for each i in [0, parts): on this thread, and on threads that are inside help(). Returns when all
  /// calls are done. f may be called by several threads at once, and must not throw.
  template <class F>
  void divide(std::size_t parts, const F& f) {
    Work work{[](const void* of, std::size_t i) { (*static_cast<const F*>(of))(i); }, &f, parts};
    share(work);
  }

  /// Takes parts of any open work until `time` has passed; the last part may end later.
  void help(std::chrono::microseconds time);

 private:
  struct Work {
    void (*part)(const void* of, std::size_t i);
    const void* of;
    std::size_t parts;
    std::atomic<std::size_t> taken = 0;
    std::size_t helpers = 0;  // guarded by mutex_

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
  std::atomic<std::uint64_t> times_opened_ = 0;  // they watch it before they go to sleep
};

}  // namespace pipeline::kernels
