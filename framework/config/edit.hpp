// What reading, including and overriding do to a tree.
#pragma once
#include <string>
#include <vector>

#include "config/tree.hpp"

namespace pipeline::config {

Tree* child(Tree& tree, const std::string& name);
/// Replaces what stands under that name, in its place, or appends it. Returns the child.
Tree& put(Tree& tree, const Entry& entry);
/// The names of a tree's children.
std::vector<std::string> names(const Tree& tree);

/// The plugin that a section's keys are for: `plugin =`, or what stands after the ':' of its name, or "".
std::string plugin_of(const Tree& section);

/// Complains about a name that no section may have. False if it is not to be used.
bool check_section_name(const Word& name, Complaints& complaints);

}  // namespace pipeline::config
