#include "base/search_paths.hpp"

#include <algorithm>
#include <cstdlib>

namespace pipeline::base {
namespace fs = std::filesystem;

namespace {

fs::path home_folder(const char* variable, const char* below_home) {
  if (const char* xdg = std::getenv(variable); xdg && fs::path(xdg).is_absolute()) return xdg;
  if (const char* home = std::getenv("HOME"); home && fs::path(home).is_absolute()) return fs::path(home) / below_home;
  return {};
}

}  // namespace

fs::path data_home() { return home_folder("XDG_DATA_HOME", ".local/share"); }
fs::path cache_home() { return home_folder("XDG_CACHE_HOME", ".cache"); }

std::vector<fs::path> folders_of_variable(const char* variable) {
  std::vector<fs::path> folders;
  const char* value = std::getenv(variable);
  const std::string list = value ? value : "";
  for (std::size_t from = 0; from <= list.size();) {
    const std::size_t colon = std::min(list.find(':', from), list.size());
    if (colon > from) folders.emplace_back(list.substr(from, colon - from));
    from = colon + 1;
  }
  return folders;
}

}  // namespace pipeline::base
