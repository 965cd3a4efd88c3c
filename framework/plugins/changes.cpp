#include "plugins/changes.hpp"

#include <pthread.h>

#include <mutex>
#include <utility>
#include <vector>

namespace pipeline::plugins {

namespace {

/// The calls that have changed the same thing and have not ended.
struct Changed {
  std::optional<ProcessState> before_all = {};
  int calls = 0;
  Changes* last = nullptr;
  std::optional<ProcessState>* after_last = nullptr;
};

struct ChangedProcess {
  // Held while the changes of a call are judged and restored: otherwise two calls that end at once could restore in the
  // wrong order. Locked before the other mutex.
  std::mutex ending;
  std::mutex mutex;  // of what follows
  std::map<Shared, Changed> kinds;
  // A child that a plugin forks must not find a mutex locked by a thread that it does not have.
  ChangedProcess() { ::pthread_atfork(lock, unlock, unlock); }
  static void lock() { get().ending.lock(), get().mutex.lock(); }
  static void unlock() { get().mutex.unlock(), get().ending.unlock(); }
  static ChangedProcess& get() {
    static ChangedProcess& process = *new ChangedProcess();  // plugins are also called while the program ends
    return process;
  }
};

}  // namespace

void Changes::note(Shared kind) {
  ChangedProcess& process = ChangedProcess::get();
  const std::lock_guard lock(process.mutex);
  const ProcessState now = ProcessState::now(std::locale::classic());  // our programs set no other
  const auto [at, is_first] = changes_.try_emplace(kind, Change{now});
  if (belongs_to_a_thread(kind)) return;
  Changed& changed = process.kinds[kind];
  if (is_first && changed.calls++ == 0) changed.before_all = now;
  if (changed.last && changed.last != this) *changed.after_last = now;
  changed.last = this;
  changed.after_last = &at->second.after;
}

std::string Changes::undo() {
  ChangedProcess& process = ChangedProcess::get();
  const std::lock_guard one_by_one(process.ending);
  const std::locale of_streams;  // not under the mutex: see ProcessState::now()
  std::vector<std::pair<Shared, ProcessState>> restored;
  std::string left;
  {
    const std::lock_guard lock(process.mutex);
    const ProcessState now = ProcessState::now(of_streams);
    for (const auto& [kind, change] : changes_) {
      Changed* const changed = belongs_to_a_thread(kind) ? nullptr : &process.kinds[kind];
      const bool is_last = !changed || changed->last == this;
      const std::string what = change.before.difference(is_last ? now : *change.after, kind);
      if (!what.empty()) left += (left.empty() ? "" : " and ") + what;
      // Two calls that each restore what they found may together leave it changed: the last to end restores it.
      if (changed && changed->calls == 1)
        restored.emplace_back(kind, *changed->before_all);
      else if (is_last && !what.empty())
        restored.emplace_back(kind, change.before);
    }
  }
  for (const auto& [kind, state] : restored) state.restore(kind);
  const std::lock_guard lock(process.mutex);
  for (const auto& [kind, change] : changes_)
    if (!belongs_to_a_thread(kind)) {
      Changed& changed = process.kinds[kind];
      --changed.calls;
      if (changed.last == this) changed.last = nullptr;
    }
  return left;
}

}  // namespace pipeline::plugins
