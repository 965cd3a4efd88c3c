#include "plugins/symbols.hpp"

#include <algorithm>
#include <cctype>

#include "plugins/elf.hpp"

namespace pipeline::plugins {
namespace fs = std::filesystem;

namespace {

/// "pipeline_metric_loss" -> metric, loss. The kinds hold no underscore.
bool parse_symbol(const std::string& symbol, Found& found) {
  const auto in_a_name = [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; };
  if (!std::ranges::all_of(symbol, in_a_name)) return false;  // it will be printed
  for (const std::string& kind : kinds()) {
    const std::string start = symbol_of(kind, "");
    if (!symbol.starts_with(start) || symbol.size() == start.size()) continue;
    found.kind = kind;
    found.name = symbol.substr(start.size());
    return true;
  }
  return false;
}

}  // namespace

std::string symbol_of(const std::string& kind, const std::string& name) { return "pipeline_" + kind + "_" + name; }

Contents contents_of(const fs::path& library) {
  std::error_code error;
  const fs::file_status status = fs::status(library, error);
  if (fs::is_directory(status)) return {{}, "is a folder", true};
  if (fs::exists(status) && !fs::is_regular_file(status)) return {{}, "is no file", true};  // opening a pipe would wait
  Contents out;
  try {
    for (const std::string& symbol : exported_names(library, "pipeline_"))
      if (Found f; parse_symbol(symbol, f)) out.plugins.push_back({f.kind, f.name, library});
  } catch (const NoLibrary& e) {
    return {{}, e.what(), true};
  } catch (const DamagedLibrary& e) {
    return {{}, std::string("is damaged: ") + e.what(), true, true};
  }
  std::ranges::sort(out.plugins, {}, [](const Found& f) { return std::pair(f.kind, f.name); });
  if (out.plugins.empty()) out.passed_over = "is a library, but holds no plugin";
  return out;
}

std::vector<fs::path> libraries_in(const fs::path& folder) {
  std::vector<fs::path> out;
  std::error_code ignored;
  for (const auto& file : fs::directory_iterator(folder, ignored))
    if (file.path().extension() == ".so" || file.path().extension() == ".dylib") out.push_back(file.path());
  std::ranges::sort(out);
  return out;
}

}  // namespace pipeline::plugins
