#include "kernels/helper_pool.hpp"

#include <algorithm>
#include <thread>

namespace pipeline::kernels {

namespace {
using Clock = std::chrono::steady_clock;
// Products follow one another within a few tenths of a millisecond, and waking up takes a good part of that time. So a
// thread that has just helped stays awake for a moment.
constexpr std::chrono::microseconds kAwake{200};
}  // namespace

void HelperPool::share(Work& work) {
  const std::size_t helping = helping_.load(std::memory_order_relaxed);
  if (work.parts < 2 || helping == 0) return work.take_part();
  {
    const std::lock_guard lock(mutex_);
    open_.push_back(&work);
  }
  times_opened_.fetch_add(1, std::memory_order_release);
  for (std::size_t i = std::min(helping, work.parts - 1); i-- > 0;) opened_.notify_one();
  work.take_part();
  std::unique_lock lock(mutex_);
  std::erase(open_, &work);
  left_.wait(lock, [&] { return work.helpers == 0; });  // also makes the helpers' writes visible here
}

HelperPool::Work* HelperPool::open_work() {
  const auto it = std::ranges::find_if(open_, &Work::has_room);
  return it == open_.end() ? nullptr : *it;
}

void HelperPool::help(std::chrono::microseconds time) {
  const Clock::time_point end = Clock::now() + time;
  helping_.fetch_add(1, std::memory_order_relaxed);
  Clock::time_point awake_until{};
  std::unique_lock lock(mutex_);
  for (Clock::time_point now = Clock::now(); now < end; now = Clock::now()) {
    if (Work* work = open_work()) {
      ++work->helpers;
      lock.unlock();
      work->take_part();
      lock.lock();
      if (--work->helpers == 0) left_.notify_all();
      awake_until = Clock::now() + kAwake;
    } else if (now < awake_until) {
      const std::uint64_t seen = times_opened_.load(std::memory_order_acquire);
      lock.unlock();
      while (times_opened_.load(std::memory_order_acquire) == seen && Clock::now() < awake_until)
        std::this_thread::yield();
      lock.lock();
    } else {
      opened_.wait_until(lock, end, [&] { return open_work() != nullptr; });
    }
  }
  helping_.fetch_sub(1, std::memory_order_relaxed);
}

}  // namespace pipeline::kernels
