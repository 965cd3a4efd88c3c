// What probing a library said, kept in $XDG_CACHE_HOME/pipeline/probed or ~/.cache/pipeline/probed: a small JSON file a
// library, for people to read too. It counts as long as the library and the engine are the same files as then.
#pragma once
#include <optional>

#include "plugins/probe.hpp"

namespace pipeline::plugins {

/// Nothing where the library is unknown, has changed, or hung in less time than it has now.
std::optional<Verdict> recall(const std::filesystem::path& library);
/// A folder that cannot be written hurts nobody: then the library is tried again next time.
void remember(const std::filesystem::path& library, const Verdict& verdict) noexcept;

}  // namespace pipeline::plugins
