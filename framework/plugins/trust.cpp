#include "plugins/trust.hpp"

#include <algorithm>

namespace pipeline::plugins {
namespace fs = std::filesystem;

std::optional<Refusal> refusal_of_open_folder(const SearchPath& path, const fs::path& library) {
  const fs::path folder = library.parent_path();
  const auto given_end = path.folders.begin() + static_cast<std::ptrdiff_t>(path.given);
  if (folder == own_folder() || std::find(path.folders.begin(), given_end, folder) != given_end) return std::nullopt;
  for (const fs::path& open : {folder, library}) {
    std::error_code unreadable;  // then loading it fails
    if ((fs::status(open, unreadable).permissions() & fs::perms::others_write) == fs::perms::none || unreadable)
      continue;
    return Refusal{open == folder ? "everybody can write to its folder" : "everybody can write to it",
                   {},
                   "run 'chmod o-w " + open.string() + "', or name its folder with --plugin-path to use it anyway"};
  }
  return std::nullopt;
}

}  // namespace pipeline::plugins
