// `[pipeline] include = FILE`: what follows changes the included pipeline, key by key.
#pragma once
#include <filesystem>

#include "config/tree.hpp"

namespace pipeline::config {

/// A file with its includes, `include` and `drop` obeyed. Throws std::system_error if it cannot be read itself.
Tree read_with_includes(const std::filesystem::path& file, Complaints& complaints);

}  // namespace pipeline::config
