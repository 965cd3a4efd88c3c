#include "config/tree.hpp"

#include "config/include.hpp"
#include "config/overrides.hpp"

namespace pipeline::config {

Source read_pipeline(const std::filesystem::path& file, const std::vector<std::string>& overrides,
                     Complaints& complaints) {
  Source source = read_with_includes(file, complaints);
  if (complaints.unread()) return source;
  for (const std::string& word : overrides) apply_override(source.tree, word, complaints);
  return source;
}

}  // namespace pipeline::config
