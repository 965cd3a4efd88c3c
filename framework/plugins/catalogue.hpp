// Finds plugin libraries by the symbols they export, and loads only those that are asked for.
#pragma once
#include <filesystem>
#include <map>
#include <memory>
#include <pipeline/dataset.hpp>
#include <pipeline/metric.hpp>
#include <pipeline/regulariser.hpp>
#include <pipeline/report.hpp>
#include <stdexcept>
#include <string>
#include <vector>

namespace pipeline::plugins {

/// No plugin of that name was found in any folder.
struct UnknownPlugin : std::runtime_error {
  using std::runtime_error::runtime_error;
};
/// A plugin was found but cannot be used: the message says why, and what to do.
struct RefusedPlugin : std::runtime_error {
  using std::runtime_error::runtime_error;
};

inline const std::vector<std::string>& kinds() {
  static const std::vector<std::string> all = {"dataset", "regulariser", "metric", "report"};
  return all;
}

/// A plugin that a library says it holds; nothing of it has run.
struct Found {
  std::string kind, name;
  std::filesystem::path library;
};

/// A loaded plugin. Its library stays loaded until the program ends.
struct Loaded {
  std::string kind, name, summary, version;
  std::filesystem::path library;
  void* (*make)();
};

/// Where plugins are looked for, first folder first.
struct SearchPath {
  std::vector<std::filesystem::path> folders;
  std::size_t given = 0;     // how many of them the command line named
  bool user_plugins = true;  // false: only those, and the ones beside the program
};
/// The given folders, then PIPELINE_PLUGIN_PATH, then $XDG_DATA_HOME/pipeline/plugins (both left out in safe mode),
/// then those beside the program.
SearchPath search_path(const std::vector<std::filesystem::path>& given, bool user_plugins);

class Catalogue {
 public:
  explicit Catalogue(SearchPath path);

  const SearchPath& path() const { return path_; }
  /// A folder that the pipeline file names: after those of the command line. Left out in safe mode.
  void add_folder(const std::filesystem::path& folder);
  /// Every plugin of a kind, sorted by name. Reads symbol tables, loads nothing.
  const std::vector<Found>& all();
  std::vector<std::string> names(const std::string& kind);
  /// Loads the library and checks the record behind its door. Throws UnknownPlugin or RefusedPlugin.
  const Loaded& load(const std::string& kind, const std::string& name);

  template <class Base>
  std::shared_ptr<Base> make(const std::string& kind, const std::string& name) {
    return std::shared_ptr<Base>(static_cast<Base*>(call(load(kind, name))));
  }
  const std::map<std::string, Loaded>& loaded() const { return loaded_; }

 private:
  static void* call(const Loaded& plugin);
  SearchPath path_;
  bool scanned_ = false;
  std::vector<Found> found_;
  std::map<std::string, Loaded> loaded_;  // by "kind name"
};

}  // namespace pipeline::plugins
