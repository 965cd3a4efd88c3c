// What a library says it holds, read from its symbol table: nothing of it is loaded.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace pipeline::plugins {

inline const std::vector<std::string>& kinds() {
  static const std::vector<std::string> all = {"dataset", "regulariser", "metric", "report"};
  return all;
}

/// A plugin that a library says it holds; nothing of it has run.
struct Found {
  std::string kind, name;
  std::filesystem::path library;
};

/// What a file of a plugin folder turns out to be.
struct Contents {
  std::vector<Found> plugins = {};
  std::string passed_over = {};  // why it holds none: "is a folder", "cannot be read: Permission denied", ...
  bool unreadable = false;       // so it may have been meant to be one
  bool damaged = false;          // it certainly was: passed_over begins with "is damaged: "
};

/// "pipeline_metric_loss", what a library exports for its metric `loss`.
std::string symbol_of(const std::string& kind, const std::string& name);
/// A stray file that is no library has no plugins; it is nobody's error until somebody names it.
Contents contents_of(const std::filesystem::path& library);
/// The files of a folder that are named like libraries, sorted.
std::vector<std::filesystem::path> libraries_in(const std::filesystem::path& folder);

}  // namespace pipeline::plugins
