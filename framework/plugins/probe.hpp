// Probes a library in a separate process, so that a library that crashes or hangs does not affect this one.
//
// A small program beside the plugins (framework/probe) loads the library, checks its records, creates an object of each
// plugin, calls declare() and destroys the object. It announces each step on a pipe beforehand. It is spawned rather
// than forked, because a forked copy of a multithreaded process can hang by itself. The result is remembered until the
// file changes (plugins/probe_cache.hpp).
#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "plugins/kinds.hpp"
#include "plugins/refusal.hpp"

namespace pipeline::plugins {

struct ProbeResult {
  struct Plugin {
    PluginKind kind;
    std::string name;
    std::optional<Refusal> refusal;
  };
  std::optional<Refusal> refusal = {};  // why no plugin of the library may be loaded: it would harm the process
  std::vector<Plugin> plugins = {};     // those probed before a refusal; a plugin's own does not affect the others
  bool lasting = true;                  // false: the cause may be outside the file, such as a missing library
};

/// The time limit: PIPELINE_PROBE_SECONDS, or 10.
double probe_seconds();
/// Probes the library now and remembers the result.
ProbeResult probe(const std::filesystem::path& library);
/// The remembered result, which lists no plugins, or that of a probe now.
ProbeResult probe_result(const std::filesystem::path& library);

}  // namespace pipeline::plugins
