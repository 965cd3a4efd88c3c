// The plugins that a library contains according to its symbol table; the library is not loaded.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "plugins/kinds.hpp"

namespace pipeline::plugins {

/// A plugin that a library exports; none of its code has run.
struct Found {
  PluginKind kind;
  std::string name;
  std::filesystem::path library;
};

/// What a file in a plugin folder is.
struct Contents {
  std::vector<Found> plugins = {};
  std::string passed_over = {};  // why it has none: "is a folder", "cannot be read: Permission denied", ...
  bool unreadable = false;       // it may have been meant to be a plugin library
  bool damaged = false;          // it was one: passed_over begins with "is damaged: "
};

/// "pipeline_metric_loss", the symbol that a library exports for its metric `loss`.
std::string symbol_of(PluginKind kind, const std::string& name);
/// A file that is not a library has no plugins; that is an error only if the file is requested by name.
Contents contents_of(const std::filesystem::path& library);
/// The *.so files of a folder, sorted.
std::vector<std::filesystem::path> libraries_in(const std::filesystem::path& folder);

}  // namespace pipeline::plugins
