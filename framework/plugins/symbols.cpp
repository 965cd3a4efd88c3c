#include "plugins/symbols.hpp"

#include <algorithm>

#include "base/names.hpp"
#include "plugins/exports.hpp"

namespace pipeline::plugins {
namespace fs = std::filesystem;

namespace {

/// "pipeline_metric_loss" -> metric, loss. Kinds contain no underscore.
std::optional<Found> parse_symbol(const std::string& symbol, const fs::path& library) {
  if (!base::is_identifier(symbol)) return std::nullopt;
  for (const PluginKind kind : kKinds)
    if (const std::string start = symbol_of(kind, ""); symbol.starts_with(start) && symbol.size() > start.size())
      return Found{kind, symbol.substr(start.size()), library};
  return std::nullopt;
}

}  // namespace

std::string symbol_of(PluginKind kind, const std::string& name) {
  return std::string("pipeline_") + name_of(kind) + "_" + name;
}

Contents contents_of(const fs::path& library) {
  std::error_code error;
  const fs::file_status status = fs::status(library, error);
  if (fs::is_directory(status)) return {{}, "is a folder", true};
  if (fs::exists(status) && !fs::is_regular_file(status))
    return {{}, "is not a regular file", true};  // opening a pipe would block
  Contents out;
  try {
    for (const std::string& symbol : exported_names(library, "pipeline_"))
      if (const auto found = parse_symbol(symbol, library)) out.plugins.push_back(*found);
  } catch (const NotALibrary& e) {
    return {{}, e.what(), true};
  } catch (const DamagedLibrary& e) {
    return {{}, std::string("is damaged: ") + e.what(), true, true};
  }
  std::ranges::sort(out.plugins, {}, [](const Found& f) { return std::pair(f.kind, f.name); });
  if (out.plugins.empty()) out.passed_over = "is a library without plugins";
  return out;
}

std::vector<fs::path> libraries_in(const fs::path& folder) {
  std::vector<fs::path> out;
  std::error_code ignored;
  for (const auto& file : fs::directory_iterator(folder, ignored))
    if (file.path().extension() == ".so") out.push_back(file.path());
  std::ranges::sort(out);
  return out;
}

}  // namespace pipeline::plugins
