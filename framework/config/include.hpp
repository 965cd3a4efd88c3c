// `[pipeline] include = FILE`: the rest of the file changes the included pipeline, key by key.
#pragma once
#include <filesystem>

#include "config/tree.hpp"

namespace pipeline::config {

/// Reads a file and applies its `include` and `drop`. Throws CannotRead if the file itself cannot be read.
Source read_with_includes(const std::filesystem::path& file, Complaints& complaints);

}  // namespace pipeline::config
