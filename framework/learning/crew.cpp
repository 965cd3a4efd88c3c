#include "learning/crew.hpp"

#include <algorithm>
#include <thread>

namespace pipeline::learning {

namespace {
using Clock = std::chrono::steady_clock;
// Products follow one another by a few tenths of a millisecond; to be woken costs as much as a good part of one. So
// whoever has just helped stays awake for a moment.
constexpr std::chrono::microseconds kAwake{200};
}  // namespace

void Crew::share(Work& work) {
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
  left_.wait(lock, [&] { return work.helpers == 0; });  // also hands over what they wrote
}

Crew::Work* Crew::open_work() {
  const auto it = std::ranges::find_if(open_, &Work::has_room);
  return it == open_.end() ? nullptr : *it;
}

void Crew::help(std::chrono::microseconds time) {
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

}  // namespace pipeline::learning
