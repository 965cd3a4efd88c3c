#include <pipeline/memory.hpp>

#include "base/memory.hpp"

namespace pipeline {

void must_fit_in_memory(const std::string& parameter, const std::filesystem::path& file) {
  std::error_code unreadable;  // reported where it is read
  const auto bytes = static_cast<double>(std::filesystem::file_size(file, unreadable));
  if (unreadable) return;
  const base::MemoryLimit limit = base::memory_limit();
  if (bytes > limit.bytes)
    throw Misfit(parameter, "is a file of " + base::size_text(bytes) + ", which is too much: " + limit.what);
}

}  // namespace pipeline
