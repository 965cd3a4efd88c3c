// A pipeline text as a tree: sections that contain keys, each with its value and the place of every word.
//
// Boost's own read_ini is not used: it drops empty sections, keeps inline comments and loses line numbers.
#pragma once
#include <boost/property_tree/ptree.hpp>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "config/complaint.hpp"

namespace pipeline::config {

/// The data at a node. A section has a name only ("model:noreg", the place of the word after '['); a key has both.
struct Entry {
  Word name, value;
  bool unread = false;  // of a section: some line of it was not taken, so nothing may be reported as missing
};
/// Root -> sections in file order -> keys in file order. Tree keys are the names as written, never split at dots.
using Tree = boost::property_tree::basic_ptree<std::string, Entry>;

/// What was read: the tree, and the bytes of the main file behind it.
struct Source {
  Tree tree;
  std::string text;
};

struct CannotRead : std::runtime_error {
  CannotRead(const std::filesystem::path& file, const std::string& cause);
  std::string why;  // "Permission denied"
};

/// Reads a file with its includes, then applies the command line's overrides, in order. Every syntax error, duplicate
/// and bad override is added to `complaints`; everything that could be read is still returned. If some text could not
/// be read, overrides are not applied. `include` and `drop` are applied and not returned. The file is read once, so it may
/// be a pipe. Throws CannotRead if it cannot be read; a mistake in an included file is a complaint.
Source read_pipeline(const std::filesystem::path& file, const std::vector<std::string>& overrides,
                     Complaints& complaints);

/// The child of that exact name, or nullptr.
const Tree* child(const Tree& tree, const std::string& name);

}  // namespace pipeline::config
