// The plugins that the laws are tried on: every built-in one, and the examples of plugin projects.
#pragma once
#include "conformance/law.hpp"

namespace laws {

inline pipeline::plugins::Catalogue& catalogue() {
  static pipeline::plugins::Catalogue found(
      pipeline::plugins::search_path({BUILD_DIR "/lib/pipeline/template"}, false));
  return found;
}
inline std::vector<std::string> names(pipeline::plugins::PluginKind kind) { return catalogue().names(kind); }

}  // namespace laws
