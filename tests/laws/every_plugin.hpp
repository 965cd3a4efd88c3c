// What laws range over: every plugin that the catalogue finds beside the program, and the examples to start from.
#pragma once
#include "conformance/law.hpp"

namespace laws {

inline pipeline::plugins::Catalogue& catalogue() {
  static pipeline::plugins::Catalogue found(
      pipeline::plugins::search_path({BUILD_DIR "/lib/pipeline/template"}, false));
  return found;
}
inline std::vector<std::string> names(const std::string& kind) { return catalogue().names(kind); }

}  // namespace laws
