// The git repository that contains the working directory.
#pragma once
#include <optional>
#include <string>

namespace pipeline::results {

struct GitState {
  std::string commit;
  std::optional<bool> dirty;  // whether tracked files differ from the commit; nothing if that is unknown
};
/// Nothing outside a repository, or if it cannot be read. Runs no program that the repository names.
std::optional<GitState> git_state();

}  // namespace pipeline::results
