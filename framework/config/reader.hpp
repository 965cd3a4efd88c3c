// Reads one pipeline text, line by line.
#pragma once
#include <string>
#include <string_view>

#include "config/tree.hpp"

namespace pipeline::config {

/// The sections of one text, `include` and `drop` among their keys. What is refused is complained about and left out.
Tree read_text(std::string_view text, const std::string& file, Complaints& complaints);

}  // namespace pipeline::config
