#include "learning/crew.hpp"

#include <algorithm>
#include <thread>

namespace pipeline::learning {

namespace {
// Products come a few tenths of a millisecond apart; to be woken costs as much as a good part of one.
constexpr std::chrono::microseconds kAwake{200};
}  // namespace

void Crew::share(Work& work) {
  if (work.parts < 2 || idle_.load(std::memory_order_relaxed) == 0) return work.take_part();
  {
    const std::lock_guard lock(mutex_);
    open_.push_back(&work);
  }
  times_opened_.fetch_add(1, std::memory_order_release);
  opened_.notify_all();
  work.take_part();
  std::unique_lock lock(mutex_);
  std::erase(open_, &work);
  left_.wait(lock, [&] { return work.helpers == 0; });  // also hands over what they wrote
}

Crew::Work* Crew::open_work() {
  const auto it = std::ranges::find_if(open_, &Work::is_left);
  return it == open_.end() ? nullptr : *it;
}

void Crew::help(std::chrono::microseconds at_most) {
  idle_.fetch_add(1, std::memory_order_relaxed);
  const auto start = std::chrono::steady_clock::now();
  const std::uint64_t seen = times_opened_.load(std::memory_order_acquire);
  std::unique_lock lock(mutex_);
  Work* work = open_work();
  if (!work) {
    lock.unlock();
    while (times_opened_.load(std::memory_order_acquire) == seen &&
           std::chrono::steady_clock::now() - start < std::min(kAwake, at_most))
      std::this_thread::yield();
    lock.lock();
    opened_.wait_until(lock, start + at_most, [&] { return (work = open_work()) != nullptr; });
  }
  idle_.fetch_sub(1, std::memory_order_relaxed);
  if (!work) return;
  ++work->helpers;
  lock.unlock();
  work->take_part();
  lock.lock();
  if (--work->helpers == 0) left_.notify_all();
}

}  // namespace pipeline::learning
