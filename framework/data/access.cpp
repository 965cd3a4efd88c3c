#include "data/access.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>

#include "base/signal_stack.hpp"
#include "base/thread.hpp"
#include "base/utf8.hpp"
#include "plugins/call_scope.hpp"

namespace pipeline::data {

Access::Access(std::vector<Located> files, std::size_t threads, std::size_t set_aside,
               std::vector<std::string>* warnings)
    : files_(std::move(files)),
      threads_(std::max<std::size_t>(threads, 1)),
      set_aside_(set_aside),
      warnings_(warnings) {}

std::filesystem::path Access::file(const std::string& name) const {
  const auto it = std::find_if(files_.begin(), files_.end(), [&](const Located& f) { return f.name == name; });
  if (it == files_.end())
    throw DataError("the dataset opens " + base::quoted(name) + ", which is not among the files it declares");
  return it->path;
}

void Access::parallel(std::size_t n, const std::function<void(std::size_t)>& body) const {
  std::atomic<std::size_t> next = 0;
  std::mutex guard;
  std::size_t failed = n;
  std::exception_ptr thrown;
  // Indices are taken in order, and every index below a failed one is completed, so the smallest that fails is found.
  const auto work = [&] {
    for (std::size_t i; (i = next++) < n;) {
      try {
        body(i);
      } catch (...) {
        const std::lock_guard lock(guard);
        if (i < failed) {
          failed = i;
          thrown = std::current_exception();
        }
        next = n;
      }
    }
  };
  {
    std::vector<std::jthread> helpers;
    const plugins::PluginCall* const call = plugins::current_call;
    const auto help = [&] {
      // A crash here is attributed to the dataset, like one on the calling thread.
      const base::SignalStack for_crashes;
      plugins::CallScope scope(call ? *call : plugins::PluginCall{"dataset", "", "Dataset::load", "", 0});
      work();
      try {
        scope.expect_unchanged();
      } catch (...) {
        const std::lock_guard lock(guard);
        if (!thrown) thrown = std::current_exception();
      }
    };
    try {
      for (std::size_t i = 1; i < std::min(threads_, n); ++i) base::start_thread(helpers, help);
    } catch (...) {
      next = n;
      throw;
    }
    work();
  }
  if (thrown) std::rethrow_exception(thrown);
}

}  // namespace pipeline::data
