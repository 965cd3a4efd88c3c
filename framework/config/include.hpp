// `[pipeline] include = FILE`: the rest of the file changes the included pipeline, key by key.
#pragma once
#include <filesystem>

#include "config/tree.hpp"

namespace pipeline::config {

/// Reads a file and applies its `include` and `drop`. Throws std::system_error if the file itself cannot be read.
Tree read_with_includes(const std::filesystem::path& file, Complaints& complaints);

}  // namespace pipeline::config
