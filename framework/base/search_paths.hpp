// The user's folders according to the XDG base directory specification, and lists of folders in the environment.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace pipeline::base {

/// $XDG_DATA_HOME, else ~/.local/share; empty if neither is set. Relative folders are ignored, as the specification
/// requires.
std::filesystem::path data_home();
/// $XDG_CACHE_HOME, else ~/.cache; empty if neither is set.
std::filesystem::path cache_home();
/// The folders of a colon-separated variable, without empty ones.
std::vector<std::filesystem::path> folders_of_variable(const char* variable);

}  // namespace pipeline::base
