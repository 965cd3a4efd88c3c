#include "data/folders.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace pipeline::data {
namespace fs = std::filesystem;
namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

bool is_folder(const fs::path& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

bool can_hold(const fs::path& folder) { return is_folder(folder) && ::access(folder.c_str(), W_OK | X_OK) == 0; }

/// Empty where neither XDG_DATA_HOME nor HOME says where it is. A relative XDG_DATA_HOME does not count; its
/// standard says so.
fs::path users_own() {
  fs::path home = environment("XDG_DATA_HOME");
  if (!home.is_absolute()) {
    const std::string user = environment("HOME");
    if (user.empty()) return {};
    home = fs::path(user) / ".local" / "share";
  }
  return fs::absolute(home / "pipeline" / "data").lexically_normal();
}

}  // namespace

std::vector<fs::path> search_folders() {
  std::vector<fs::path> folders{fs::absolute("data")};
  const std::string list = environment("PIPELINE_DATA_PATH");
  for (std::size_t from = 0; from <= list.size();) {
    const std::size_t colon = std::min(list.find(':', from), list.size());
    if (colon > from) folders.push_back(fs::absolute(list.substr(from, colon - from)).lexically_normal());
    from = colon + 1;
  }
  if (const fs::path own = users_own(); !own.empty()) folders.push_back(own);
  return folders;
}

fs::path landing_folder(const std::string& dataset) {
  const fs::path here = fs::absolute("data"), own = users_own();
  std::error_code ignored;
  const bool taken = fs::exists(here / dataset, ignored);
  if (own.empty() || (can_hold(here) && (!taken || can_hold(here / dataset)))) return here / dataset;
  return own / dataset;
}

}  // namespace pipeline::data
