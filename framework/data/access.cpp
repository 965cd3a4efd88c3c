#include "data/access.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>

namespace pipeline::data {

Access::Access(std::vector<Located> files, std::size_t threads)
    : files_(std::move(files)), threads_(std::max<std::size_t>(threads, 1)) {}

std::filesystem::path Access::file(const std::string& name) const {
  const auto it = std::find_if(files_.begin(), files_.end(), [&](const Located& f) { return f.name == name; });
  if (it == files_.end()) throw DataError("the dataset opens '" + name + "', which it does not name among its files");
  return it->path;
}

void Access::parallel(std::size_t n, const std::function<void(std::size_t)>& body) const {
  std::atomic<std::size_t> next = 0;
  std::mutex guard;
  std::size_t failed = n;
  std::exception_ptr thrown;
  // Indices are taken in order, and whoever took one below a failed one still finishes it: so the smallest is found.
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
    for (std::size_t i = 1; i < std::min(threads_, n); ++i) helpers.emplace_back(work);
    work();
  }
  if (thrown) std::rethrow_exception(thrown);
}

}  // namespace pipeline::data
