#include "plugins/catalogue.hpp"

#include <algorithm>
#include <boost/dll/runtime_symbol_info.hpp>

#include "base/search_paths.hpp"
#include "base/utf8.hpp"
#include "plugins/probe.hpp"
#include "plugins/trust.hpp"

namespace pipeline::plugins {
namespace fs = std::filesystem;

namespace {

/// One spelling per folder, whatever links or slashes its name contains.
fs::path one_spelling(const fs::path& folder) {
  std::error_code unreadable;
  const fs::path absolute = fs::absolute(folder).lexically_normal(), real = fs::weakly_canonical(absolute, unreadable);
  const fs::path one = unreadable ? absolute : real;
  return one.has_filename() ? one : one.parent_path();
}

fs::path users_folder() {
  const fs::path home = base::data_home();
  return home.empty() ? home : one_spelling(home / "pipeline/plugins");
}

}  // namespace

SearchPath search_path(const std::vector<fs::path>& given, bool user_plugins) {
  SearchPath path;
  const auto add = [&](const fs::path& folder) {
    const fs::path one = one_spelling(folder);
    if (std::ranges::find(path.folders, one) == path.folders.end()) path.folders.push_back(one);
  };
  for (const fs::path& folder : given) add(folder);
  path.given = path.folders.size();
  path.user_plugins = user_plugins;
  if (user_plugins) {
    for (const fs::path& folder : base::folders_of_variable("PIPELINE_PLUGIN_PATH")) add(folder);
    if (const fs::path home = users_folder(); !home.empty()) add(home);
  }
  // The folder is beside libpipeline, so that a test program or another host finds the same plugins as `pipeline`.
  add(own_folder());
  return path;
}

fs::path own_folder() {
  return one_spelling(fs::path(boost::dll::this_line_location().string()).parent_path() / "pipeline/plugins");
}

std::string how_to_build_others() {
  const fs::path beside = own_folder().parent_path();
  std::error_code none;
  const bool in_part =
      fs::exists(beside.parent_path().parent_path() / "CMakeCache.txt", none) && !fs::exists(beside / "laws", none);
  return in_part ? "; only some plugins have been built here: ./dev build builds all" : "";
}

Catalogue::Catalogue(SearchPath path) : path_(std::move(path)) {}

void Catalogue::add_folder(const fs::path& folder) {
  const fs::path one = one_spelling(folder);
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

std::vector<std::string> Catalogue::names(PluginKind kind) {
  std::vector<std::string> out;
  for (const Found& f : all())
    if (f.kind == kind && (out.empty() || out.back() != f.name)) out.push_back(f.name);
  return out;
}

std::vector<fs::path> Catalogue::folders_in_use() const {
  std::vector<fs::path> out;
  std::ranges::copy_if(path_.folders, std::back_inserter(out), [&](const fs::path& folder) {
    const bool used =
        std::ranges::any_of(loaded_, [&](const auto& plugin) { return plugin.second.library.parent_path() == folder; });
    return used && folder != own_folder() && folder != users_folder();
  });
  return out;
}

Found Catalogue::find(PluginKind kind, const std::string& name) {
  std::vector<Found> holders;
  std::ranges::copy_if(all(), std::back_inserter(holders),
                       [&](const Found& f) { return f.kind == kind && f.name == name; });
  if (holders.empty())
    for (const fs::path& folder : path_.folders) {
      const fs::path library = folder / (name + ".so");
      std::error_code ignored;
      if (!fs::exists(fs::symlink_status(library, ignored))) continue;
      if (const Contents contents = contents_of(library); contents.unreadable)
        throw RefusedPlugin(library.string() + " " + contents.passed_over + ", so it has no " + title(kind, name) +
                            "\n  rebuild it, or remove it if it is not a plugin library");
    }
  if (holders.empty()) throw UnknownPlugin("unknown " + std::string(name_of(kind)) + " " + base::quoted(name));
  if (holders.size() > 1)
    throw RefusedPlugin(
        "two libraries contain a " + std::string(name_of(kind)) + " named '" + name + "'\n  " +
        holders[0].library.string() + "\n  " + holders[1].library.string() +
        "\n  remove or rename one, or take its folder out of the search path (see pipeline plugins path)");
  return holders.front();
}

const Loaded& Catalogue::load(PluginKind kind, const std::string& name) {
  const std::string id = std::string(name_of(kind)) + " " + name;
  if (const auto known = loaded_.find(id); known != loaded_.end()) return known->second;
  const Found plugin = find(kind, name);
  if (const std::optional<Refusal> open = refusal_of_untrusted(path_, plugin.library))
    throw RefusedPlugin(refusal_of(plugin, *open), plugin.library);
  // The built-in plugins were tested with the program, and a process for each of a pipeline's dozen plugins would take
  // 20 ms. Every other library is probed once, and the result is cached.
  if (plugin.library.parent_path() != own_folder())
    if (const std::optional<Refusal> harm = probe_result(plugin.library).refusal)
      throw RefusedPlugin(refusal_of(plugin, *harm), plugin.library);
  return loaded_.emplace(id, load_plugin(plugin)).first->second;
}

std::string Catalogue::defining(PluginKind kind, const std::string& symbol) {
  if (symbol.size() > 3) return "";
  const auto defines = [](const std::string& line) { return line.find(" = ") != line.npos; };
  for (const std::string& name : names(kind)) try {
      const std::vector<std::string> lines = about(load(kind, name));
      const auto formula = std::ranges::find_if(lines, defines);
      if (formula == lines.end()) continue;
      const std::size_t start = formula->find_first_not_of(' ');
      if (formula->substr(start, formula->find_first_of("_ ", start) - start) == symbol) return name;
    } catch (const RefusedPlugin&) {
      // Not worth suggesting.
    }
  return "";
}

}  // namespace pipeline::plugins
