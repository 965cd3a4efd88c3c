// Whether a library may be loaded at all, whatever it contains.
#pragma once
#include <optional>

#include "plugins/catalogue.hpp"

namespace pipeline::plugins {

/// Refuses a library that another user can replace, as ssh does with keys: it, its folder or a folder above belongs to
/// somebody who is neither this user nor root, or others can write to it. Write access of a group is allowed if the
/// group is the owner's own and has no other members; that of everybody to a folder above, if it is sticky (/tmp). Of a
/// link, both its folder and what it leads to are judged.
///
/// Not refused are the built-in plugins, and the folders of --plugin-path: whoever names one for a command accepts it.
/// PIPELINE_PLUGIN_PATH and the user's data folder are searched without a thought, and plugin_path comes with the file.
std::optional<Refusal> refusal_of_untrusted(const SearchPath& path, const std::filesystem::path& library);

}  // namespace pipeline::plugins
