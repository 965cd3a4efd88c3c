// Operations on a tree, shared by reading, including and overriding.
#pragma once
#include <string>
#include <vector>

#include "config/tree.hpp"

namespace pipeline::config {

Tree* child(Tree& tree, const std::string& name);
/// Replaces the child of that name in place, or appends it. Returns the child.
Tree& put(Tree& tree, const Entry& entry);
/// The names of a tree's children.
std::vector<std::string> names(const Tree& tree);

/// The plugin that a section's keys belong to: the value of `plugin`, else the part of its name after the ':', else "".
std::string plugin_of(const Tree& section);

/// The sections that occur once, and the kinds of those that have a name of their own.
extern const std::vector<std::string> plain_sections, named_sections;
/// Whether a pipeline has sections of this name: "training", "model:l2".
bool may_exist(const std::string& section);

/// Complains and returns false if no section may have this name.
bool check_section_name(const Word& name, Complaints& complaints);

}  // namespace pipeline::config
