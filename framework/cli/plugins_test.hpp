// pipeline plugins test: every law for the plugins of a library, each tried where a crash harms nobody.
#pragma once
#include "cli/command.hpp"

namespace pipeline::cli {

/// `plugin` is a library's file or the name of plugins that are found; `settings` are key=value words for them.
int test_plugins(pipeline::plugins::Catalogue& catalogue, const std::string& plugin, const Words& settings, bool json,
                 bool verbose, unsigned seconds);

}  // namespace pipeline::cli
