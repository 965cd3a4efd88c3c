// Finds plugins by the symbols that libraries export, and loads only the requested ones.
#pragma once
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "plugins/library.hpp"
#include "plugins/refusal.hpp"
#include "plugins/symbols.hpp"

namespace pipeline::plugins {

/// The folders that are searched for plugins, in order.
struct SearchPath {
  std::vector<std::filesystem::path> folders;
  std::size_t given = 0;     // the first N are from the command line
  bool user_plugins = true;  // false: only those and the built-in folder
};
/// The given folders, then PIPELINE_PLUGIN_PATH, then $XDG_DATA_HOME/pipeline/plugins (both only with user_plugins),
/// then the folder of built-in plugins.
SearchPath search_path(const std::vector<std::filesystem::path>& given, bool user_plugins);

/// The folder of the built-in plugins.
std::filesystem::path own_folder();
/// For a plugin that is not there: in a build tree of which only a part was built, says so.
std::string how_to_build_others();

class Catalogue {
 public:
  explicit Catalogue(SearchPath path);

  const SearchPath& path() const { return path_; }
  /// Adds a folder from the pipeline file after those of the command line. Ignored without user_plugins.
  void add_folder(const std::filesystem::path& folder);
  /// Every plugin, sorted by kind and name. Reads symbol tables; loads nothing.
  const std::vector<Found>& all();
  std::vector<std::string> names(PluginKind kind);
  /// Probes the library unless it is built in or known to be harmless, loads it and checks the plugin's record. Throws
  /// UnknownPlugin or RefusedPlugin.
  const Loaded& load(PluginKind kind, const std::string& name);

  /// The plugin whose description starts by defining this symbol: "S" of "S_k = ..."; or "". Loads plugins of that kind,
  /// so only for complaints.
  std::string defining(PluginKind kind, const std::string& symbol);

  /// A new object whose parameters have their defaults and are not yet declared.
  template <class Base>
  std::shared_ptr<Base> make(const std::string& name) {
    return plugins::make<Base>(load(kind_of<Base>, name));
  }
  const std::map<std::string, Loaded>& loaded() const { return loaded_; }
  /// The folders of the loaded plugins that are neither built in nor in the user's own folder, in search order.
  std::vector<std::filesystem::path> folders_in_use() const;

 private:
  Found find(PluginKind kind, const std::string& name);
  SearchPath path_;
  bool scanned_ = false;
  std::vector<Found> found_;
  std::map<std::string, Loaded> loaded_;  // by "kind name"
};

}  // namespace pipeline::plugins
