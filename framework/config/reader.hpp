// Reads one pipeline text, line by line.
#pragma once
#include <string>
#include <string_view>

#include "config/tree.hpp"

namespace pipeline::config {

/// The sections of one text, with the keys `include` and `drop`. Complains about invalid parts and omits them.
Tree read_text(std::string_view text, const std::string& file, Complaints& complaints);

}  // namespace pipeline::config
