#include "data/folders.hpp"

#include <unistd.h>

#include "base/search_paths.hpp"

namespace pipeline::data {
namespace fs = std::filesystem;
namespace {

bool is_folder(const fs::path& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

bool can_hold(const fs::path& folder) { return is_folder(folder) && ::access(folder.c_str(), W_OK | X_OK) == 0; }

/// Empty if the user has no data folder.
fs::path users_own() {
  const fs::path home = base::data_home();
  return home.empty() ? home : fs::absolute(home / "pipeline" / "data").lexically_normal();
}

}  // namespace

std::vector<fs::path> search_folders() {
  std::vector<fs::path> folders{fs::absolute("data")};
  for (const fs::path& folder : base::folders_of_variable("PIPELINE_DATA_PATH"))
    folders.push_back(fs::absolute(folder).lexically_normal());
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
