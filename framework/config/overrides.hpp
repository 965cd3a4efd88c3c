// Overrides: section.key=value, +section[.key=value], ~section[.key].
#pragma once
#include <string>

#include "config/tree.hpp"

namespace pipeline::config {

/// Changes the tree by one bare word of the command line, or complains and leaves the tree as it was.
void apply_override(Tree& tree, const std::string& override_word, Complaints& complaints);

}  // namespace pipeline::config
