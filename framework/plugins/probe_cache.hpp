// The results of probes, stored in $XDG_CACHE_HOME/pipeline/probed or ~/.cache/pipeline/probed as one small JSON file
// per library. A result is valid as long as neither the library nor the engine changes.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <optional>

#include "plugins/probe.hpp"

namespace pipeline::plugins {

/// Nothing if the library is unknown, has changed, or was refused under a shorter time limit than the current one.
std::optional<ProbeResult> recall(const std::filesystem::path& library);
/// What changes when the file does. Taken before the probe: a library that is replaced meanwhile is probed again.
nlohmann::json stamp_of(const std::filesystem::path& library);
/// If the folder cannot be written, the library is probed again next time.
void remember(const std::filesystem::path& library, const nlohmann::json& stamp, const ProbeResult& result) noexcept;

}  // namespace pipeline::plugins
