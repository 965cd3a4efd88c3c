#include "config/tree.hpp"

#include "config/include.hpp"
#include "config/overrides.hpp"

namespace pipeline::config {

Tree read_pipeline(const std::filesystem::path& file, const std::vector<std::string>& overrides,
                   Complaints& complaints) {
  Tree tree = read_with_includes(file, complaints);
  if (complaints.unread()) return tree;
  for (const std::string& word : overrides) apply_override(tree, word, complaints);
  return tree;
}

}  // namespace pipeline::config
