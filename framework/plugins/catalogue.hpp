// Finds plugin libraries by the symbols they export, and loads only those that are asked for.
#pragma once
#include <filesystem>
#include <map>
#include <memory>
#include <pipeline/dataset.hpp>
#include <pipeline/metric.hpp>
#include <pipeline/regulariser.hpp>
#include <pipeline/report.hpp>
#include <string>
#include <vector>

#include "plugins/door.hpp"
#include "plugins/refusal.hpp"
#include "plugins/symbols.hpp"

namespace pipeline::plugins {

/// Where plugins are looked for, first folder first.
struct SearchPath {
  std::vector<std::filesystem::path> folders;
  std::size_t given = 0;     // how many of them the command line named
  bool user_plugins = true;  // false: only those, and the ones beside the program
};
/// The given folders, then PIPELINE_PLUGIN_PATH, then $XDG_DATA_HOME/pipeline/plugins (both left out in safe mode),
/// then those beside the program.
SearchPath search_path(const std::vector<std::filesystem::path>& given, bool user_plugins);

/// The folder of plugins that came with this program.
std::filesystem::path own_folder();

class Catalogue {
 public:
  explicit Catalogue(SearchPath path);

  const SearchPath& path() const { return path_; }
  /// A folder that the pipeline file names: after those of the command line. Left out in safe mode.
  void add_folder(const std::filesystem::path& folder);
  /// Every plugin of a kind, sorted by name. Reads symbol tables, loads nothing.
  const std::vector<Found>& all();
  std::vector<std::string> names(const std::string& kind);
  /// Tries the library in a process of its own if it is not known to be harmless, loads it and checks the record behind
  /// its door. Throws UnknownPlugin or RefusedPlugin.
  const Loaded& load(const std::string& kind, const std::string& name);

  template <class Base>
  std::shared_ptr<Base> make(const std::string& kind, const std::string& name) {
    return std::shared_ptr<Base>(static_cast<Base*>(make_object(load(kind, name))));
  }
  const std::map<std::string, Loaded>& loaded() const { return loaded_; }

 private:
  Found find(const std::string& kind, const std::string& name);
  SearchPath path_;
  bool scanned_ = false;
  std::vector<Found> found_;
  std::map<std::string, Loaded> loaded_;  // by "kind name"
};

}  // namespace pipeline::plugins
