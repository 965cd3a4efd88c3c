// A pipeline text as a tree: sections, and in them keys, each with its value and the place of every word.
//
// Boost's own read_ini is not used: it drops empty sections, keeps inline comments and forgets line numbers.
#pragma once
#include <boost/property_tree/ptree.hpp>
#include <filesystem>
#include <string>
#include <vector>

#include "config/complaint.hpp"

namespace pipeline::config {

/// The data at a node. A section has a name only ("model:noreg", the place of the word after '['); a key has both.
struct PIPELINE_API Entry {
  Word name, value;
};
/// Root -> sections in file order -> keys in file order. Tree keys are the names as written, never split at dots.
using Tree = boost::property_tree::basic_ptree<std::string, Entry>;

/// Reads a file with its includes, then applies the command line's overrides, in order. Every syntax error,
/// duplicate and bad override lands in `complaints`; what could be read is returned all the same. Overrides of a text
/// that could not be read are left alone.
/// Throws std::system_error if the main file cannot be read. `include` and `drop` are obeyed and not returned.
PIPELINE_API Tree read_pipeline(const std::filesystem::path& file, const std::vector<std::string>& overrides,
                                Complaints& complaints);

/// The child of that exact name, or nullptr.
PIPELINE_API const Tree* child(const Tree& tree, const std::string& name);

}  // namespace pipeline::config
