#include "plugins/catalogue.hpp"

#include <pipeline/plugin.hpp>

#include <algorithm>
#include <boost/dll/library_info.hpp>
#include <boost/dll/runtime_symbol_info.hpp>
#include <boost/dll/shared_library.hpp>
#include <cstdlib>

namespace pipeline::plugins {
namespace fs = std::filesystem;

namespace {

const std::string kPrefix = "pipeline_";

fs::path data_home() {
  if (const char* xdg = std::getenv("XDG_DATA_HOME"); xdg && *xdg) return xdg;
  if (const char* home = std::getenv("HOME"); home && *home) return fs::path(home) / ".local/share";
  return {};
}

/// "pipeline_metric_loss" -> metric, loss. The kinds hold no underscore.
bool parse_symbol(const std::string& symbol, Found& found) {
  for (const std::string& kind : kinds()) {
    const std::string start = kPrefix + kind + "_";
    if (!symbol.starts_with(start) || symbol.size() == start.size()) continue;
    found.kind = kind;
    found.name = symbol.substr(start.size());
    return true;
  }
  return false;
}

/// A stray file that is no library has no plugins; it is nobody's error until somebody names it.
std::vector<std::string> exported_symbols(const fs::path& library) try {
  return boost::dll::library_info(library.string()).symbols();
} catch (const std::exception&) {
  return {};
}

/// A folder that is named twice, with a slash more or through a link, is one folder.
fs::path spelled_one_way(const fs::path& folder) {
  std::error_code unreadable;
  const fs::path absolute = fs::absolute(folder).lexically_normal(), real = fs::weakly_canonical(absolute, unreadable);
  const fs::path one = unreadable ? absolute : real;
  return one.has_filename() ? one : one.parent_path();
}

boost::dll::shared_library open(const fs::path& library) try {
  // Bind now and keep symbols local: two plugins with a helper of one name never meet.
  return boost::dll::shared_library(library.string(),
                                    boost::dll::load_mode::rtld_now | boost::dll::load_mode::rtld_local);
} catch (const std::exception& e) {
  // Boost says "... (dlerror system message: FILE: CAUSE): ERRNO"; the loader's cause is what helps.
  std::string cause = e.what();
  const std::string before = "system message: ", file = library.string() + ": ";
  if (const std::size_t at = cause.find(before); at != std::string::npos) cause.erase(0, at + before.size());
  if (const std::size_t at = cause.rfind("): "); at != std::string::npos) cause.erase(at);
  if (cause.starts_with(file)) cause.erase(0, file.size());
  throw RefusedPlugin(cause + "\n  so the plugin library " + library.string() +
                      " cannot be loaded; build it again, against this program");
}

}  // namespace

SearchPath search_path(const std::vector<fs::path>& given, bool user_plugins) {
  SearchPath path;
  const auto add = [&](const fs::path& folder) {
    const fs::path one = spelled_one_way(folder);
    if (std::ranges::find(path.folders, one) == path.folders.end()) path.folders.push_back(one);
  };
  for (const fs::path& folder : given) add(folder);
  path.given = path.folders.size();
  path.user_plugins = user_plugins;
  if (user_plugins) {
    if (const char* list = std::getenv("PIPELINE_PLUGIN_PATH")) {
      const std::string folders = list;
      for (std::size_t from = 0; from <= folders.size();) {
        const std::size_t to = std::min(folders.find(':', from), folders.size());
        if (to > from) add(folders.substr(from, to - from));
        from = to + 1;
      }
    }
    if (const fs::path home = data_home(); !home.empty()) add(home / "pipeline/plugins");
  }
  // Beside libpipeline itself, so that a test program or another host finds the same plugins as `pipeline` does.
  add(fs::path(boost::dll::this_line_location().string()).parent_path() / "pipeline/plugins");
  return path;
}

Catalogue::Catalogue(SearchPath path) : path_(std::move(path)) {}

void Catalogue::add_folder(const fs::path& folder) {
  const fs::path one = spelled_one_way(folder);
  if (!path_.user_plugins || std::ranges::find(path_.folders, one) != path_.folders.end()) return;
  path_.folders.insert(path_.folders.begin() + static_cast<std::ptrdiff_t>(path_.given), one);
  scanned_ = false;
  found_.clear();
}

const std::vector<Found>& Catalogue::all() {
  if (scanned_) return found_;
  scanned_ = true;
  for (const fs::path& folder : path_.folders) {
    std::error_code ignored;
    std::vector<fs::path> libraries;
    for (const auto& file : fs::directory_iterator(folder, ignored))
      if (file.path().extension() == ".so" || file.path().extension() == ".dylib") libraries.push_back(file.path());
    std::ranges::sort(libraries);
    for (const fs::path& library : libraries)
      for (const std::string& symbol : exported_symbols(library))
        if (Found f; parse_symbol(symbol, f)) found_.push_back({f.kind, f.name, library});
  }
  std::ranges::stable_sort(found_, {}, [](const Found& f) { return std::pair(f.kind, f.name); });
  return found_;
}

std::vector<std::string> Catalogue::names(const std::string& kind) {
  std::vector<std::string> out;
  for (const Found& f : all())
    if (f.kind == kind && (out.empty() || out.back() != f.name)) out.push_back(f.name);
  return out;
}

const Loaded& Catalogue::load(const std::string& kind, const std::string& name) {
  const std::string id = kind + " " + name;
  if (const auto known = loaded_.find(id); known != loaded_.end()) return known->second;

  // The file named like the plugin first: a run then reads the symbols of the libraries it names only.
  const std::string symbol = kPrefix + kind + "_" + name;
  std::vector<fs::path> holders;
  for (const fs::path& folder : path_.folders) {
    const fs::path library = folder / (name + ".so");
    std::error_code ignored;
    if (fs::exists(library, ignored)) {
      const auto symbols = exported_symbols(library);
      if (std::ranges::find(symbols, symbol) != symbols.end()) holders.push_back(library);
    }
  }
  if (holders.empty())
    for (const Found& f : all())
      if (f.kind == kind && f.name == name) holders.push_back(f.library);
  if (holders.empty()) {
    for (const fs::path& folder : path_.folders)
      if (const fs::path library = folder / (name + ".so"); fs::exists(library) && exported_symbols(library).empty())
        throw RefusedPlugin(library.string() + " is no library that can be read, so it holds no " + kind + " '" + name +
                            "'\n  build it again, or take it away if it is something else");
    throw UnknownPlugin("unknown " + kind + " '" + name + "'");
  }
  if (holders.size() > 1)
    throw RefusedPlugin("two libraries hold a " + kind + " named '" + name + "'\n  " + holders[0].string() + "\n  " +
                        holders[1].string() +
                        "\n  remove or rename one, or leave its folder out of the search (pipeline plugins path)");

  const fs::path& library = holders.front();
  boost::dll::shared_library opened = open(library);
  const auto& record = opened.get<const PipelinePlugin>(symbol);
  if (record.contract != PIPELINE_CONTRACT)
    throw RefusedPlugin(kind + " '" + name + "' was built for plugin contract " + std::to_string(record.contract) +
                        ", this program has contract " + std::to_string(PIPELINE_CONTRACT) + "\n  " + library.string() +
                        "\n  build it again, against this program's headers");
  if (std::string(record.build) != PIPELINE_BUILD)
    throw RefusedPlugin(kind + " '" + name + "' was built with another layout of C++ objects\n  " + library.string() +
                        "\n  plugin:  " + record.build + "\n           " + record.compiler +
                        "\n  program: " PIPELINE_BUILD "\n           " PIPELINE_COMPILER
                        "\n  build it again with the program's compiler and libraries");
  // Objects of this library live to the very end of the program, so it is never unloaded.
  static auto* const kept = new std::vector<boost::dll::shared_library>();
  kept->push_back(std::move(opened));
  return loaded_.emplace(id, Loaded{kind, name, record.summary, record.version, library, record.make}).first->second;
}

void* Catalogue::call(const Loaded& plugin) {
  const std::string who = plugin.kind + " '" + plugin.name + "'", where = "\n  " + plugin.library.string();
  try {
    if (void* object = plugin.make()) return object;
  } catch (const std::exception& e) {
    throw RefusedPlugin(who + " cannot be made: " + e.what() + where);
  } catch (...) {
    throw RefusedPlugin(who + " cannot be made: it throws something that is no exception" + where);
  }
  throw RefusedPlugin(who + " cannot be made: its library returns no object" + where);
}

}  // namespace pipeline::plugins
