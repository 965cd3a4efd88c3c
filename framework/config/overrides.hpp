// Overrides: section.key=value, +section[.key=value], ~section[.key].
#pragma once
#include <string>

#include "config/tree.hpp"

namespace pipeline::config {

/// Applies one override to the tree, or complains and leaves the tree unchanged.
void apply_override(Tree& tree, const std::string& override_word, Complaints& complaints);

}  // namespace pipeline::config
