// A pipeline text as a tree: sections that contain keys, each with its value and the place of every word.
//
// Boost's own read_ini is not used: it drops empty sections, keeps inline comments and loses line numbers.
#pragma once
#include <boost/property_tree/ptree.hpp>
#include <filesystem>
#include <string>
#include <vector>

#include "config/complaint.hpp"

namespace pipeline::config {

/// The data at a node. A section has a name only ("model:noreg", the place of the word after '['); a key has both.
struct Entry {
  Word name, value;
};
/// Root -> sections in file order -> keys in file order. Tree keys are the names as written, never split at dots.
using Tree = boost::property_tree::basic_ptree<std::string, Entry>;

/// Reads a file with its includes, then applies the command line's overrides, in order. Every syntax error, duplicate
/// and bad override is added to `complaints`; everything that could be read is still returned. If some text could not
/// be read, overrides are not applied. `include` and `drop` are applied and not returned. Throws std::system_error if
/// the main file cannot be read.
Tree read_pipeline(const std::filesystem::path& file, const std::vector<std::string>& overrides,
                   Complaints& complaints);

/// The child of that exact name, or nullptr.
const Tree* child(const Tree& tree, const std::string& name);

}  // namespace pipeline::config
