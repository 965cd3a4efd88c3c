#include "config/tree.hpp"

#include <set>

#include "base/utf8.hpp"
#include "config/include.hpp"
#include "config/line.hpp"
#include "config/overrides.hpp"

namespace pipeline::config {

Source read_pipeline(const std::filesystem::path& file, const std::vector<std::string>& overrides,
                     Complaints& complaints) {
  Source source = read_with_includes(file, complaints);
  if (complaints.unread()) return source;
  std::set<std::string> keys;
  for (const std::string& word : overrides) {
    const std::string shown = base::printable(word), key = shown.substr(0, shown.find('='));
    if (key.size() < shown.size() && !keys.insert(key).second) {
      const Line line(Place::command_line, 0, shown);
      complaints.add(
          line.word(0, shown.size()), base::quoted(key) + " is given twice",
          "if the shell expanded braces, quote them: pipeline sweep FILE '" + key + "={...}' runs once for each value");
      continue;
    }
    apply_override(source.tree, word, complaints);
  }
  return source;
}

}  // namespace pipeline::config
