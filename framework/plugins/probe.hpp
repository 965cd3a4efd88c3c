// Tries a library in a process of its own, so that one that crashes or hangs takes nobody along.
//
// A small program beside the plugins (framework/probe) loads the library, checks its records, makes an object of each
// plugin, lets it declare its parameters and destroys it; it says on a pipe what it is about to do. It is started
// afresh rather than forked: half a copy of a threaded process could hang by itself. What came out is remembered until
// the file changes (plugins/memory.hpp).
#pragma once
#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "plugins/refusal.hpp"

namespace pipeline::plugins {

/// What is known of a library once it was tried.
struct Verdict {
  struct Plugin {
    std::string kind, name;
    std::optional<Refusal> refusal;
  };
  std::optional<Refusal> refusal = {};  // why nothing of it may be loaded: it would harm the process
  std::vector<Plugin> plugins = {};     // as far as it came; a plugin's own refusal is harmless and asked for again
  bool lasting = true;                  // false: the cause may lie outside the file, a library it needs for one
};

/// PIPELINE_PROBE_SECONDS, or 10.
double probe_seconds();
/// Tries the library now and remembers what came out.
Verdict probe(const std::filesystem::path& library);
/// The same, but asks the memory first; then the verdict holds no plugins.
Verdict judged(const std::filesystem::path& library);

}  // namespace pipeline::plugins
