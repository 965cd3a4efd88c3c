// Whether a library may be loaded at all, whatever it contains.
#pragma once
#include <optional>

#include "plugins/catalogue.hpp"

namespace pipeline::plugins {

/// Refuses a library that every user of the machine can replace: it, or its folder, is writable by all, sticky or not.
/// Not refused are the built-in plugins, and the folders of --plugin-path: whoever names one for a command accepts it.
/// PIPELINE_PLUGIN_PATH and the user's data folder are searched without a thought, and plugin_path comes with the file.
std::optional<Refusal> refusal_of_open_folder(const SearchPath& path, const std::filesystem::path& library);

}  // namespace pipeline::plugins
