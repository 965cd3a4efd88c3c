#include "plugins/catalogue.hpp"

#include <algorithm>
#include <boost/dll/runtime_symbol_info.hpp>
#include <cstdlib>

#include "plugins/probe.hpp"

namespace pipeline::plugins {
namespace fs = std::filesystem;

namespace {

fs::path data_home() {
  if (const char* xdg = std::getenv("XDG_DATA_HOME"); xdg && fs::path(xdg).is_absolute()) return xdg;  // its standard
  if (const char* home = std::getenv("HOME"); home && *home) return fs::path(home) / ".local/share";
  return {};
}

/// A folder that is named twice, with a slash more or through a link, is one folder.
fs::path spelled_one_way(const fs::path& folder) {
  std::error_code unreadable;
  const fs::path absolute = fs::absolute(folder).lexically_normal(), real = fs::weakly_canonical(absolute, unreadable);
  const fs::path one = unreadable ? absolute : real;
  return one.has_filename() ? one : one.parent_path();
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
  add(own_folder());
  return path;
}

fs::path own_folder() {
  return spelled_one_way(fs::path(boost::dll::this_line_location().string()).parent_path() / "pipeline/plugins");
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
  for (const fs::path& folder : path_.folders)
    for (const fs::path& library : libraries_in(folder))
      for (const Found& f : contents_of(library).plugins) found_.push_back(f);
  std::ranges::stable_sort(found_, {}, [](const Found& f) { return std::pair(f.kind, f.name); });
  return found_;
}

std::vector<std::string> Catalogue::names(const std::string& kind) {
  std::vector<std::string> out;
  for (const Found& f : all())
    if (f.kind == kind && (out.empty() || out.back() != f.name)) out.push_back(f.name);
  return out;
}

Found Catalogue::find(const std::string& kind, const std::string& name) {
  std::vector<Found> holders;
  std::ranges::copy_if(all(), std::back_inserter(holders),
                       [&](const Found& f) { return f.kind == kind && f.name == name; });
  if (holders.empty())
    for (const fs::path& folder : path_.folders) {
      const fs::path library = folder / (name + ".so");
      std::error_code ignored;
      if (!fs::exists(fs::symlink_status(library, ignored))) continue;
      if (const Contents contents = contents_of(library); contents.unreadable)
        throw RefusedPlugin(library.string() + " " + contents.passed_over + ", so it holds no " + kind + " '" + name +
                            "'\n  build it again, or take it away if it is something else");
    }
  if (holders.empty()) throw UnknownPlugin("unknown " + kind + " '" + name + "'");
  if (holders.size() > 1)
    throw RefusedPlugin("two libraries hold a " + kind + " named '" + name + "'\n  " + holders[0].library.string() +
                        "\n  " + holders[1].library.string() +
                        "\n  remove or rename one, or leave its folder out of the search (pipeline plugins path)");
  return holders.front();
}

const Loaded& Catalogue::load(const std::string& kind, const std::string& name) {
  const std::string id = kind + " " + name;
  if (const auto known = loaded_.find(id); known != loaded_.end()) return known->second;
  const Found plugin = find(kind, name);
  // What came with the program was tested with it. A process for each of a pipeline's dozen plugins would take 20 ms
  // each, and `check` is to answer within 100 ms; anybody else's library is tried once and then remembered.
  if (plugin.library.parent_path() != own_folder())
    if (const std::optional<Refusal> harm = judged(plugin.library).refusal)
      throw RefusedPlugin(said_of(plugin, *harm), plugin.library);
  return loaded_.emplace(id, open_door(plugin)).first->second;
}

}  // namespace pipeline::plugins
