#include "config/tree.hpp"

#include "base/utf8.hpp"
#include "config/include.hpp"
#include "config/line.hpp"
#include "config/overrides.hpp"

namespace pipeline::config {

Source read_pipeline(const std::filesystem::path& file, const std::vector<std::string>& overrides,
                     Complaints& complaints) {
  Source source = read_with_includes(file, complaints);
  if (complaints.unread()) return source;
  std::string before;  // the key of the word before
  for (const std::string& word : overrides) {
    const std::string shown = base::printable(word);
    std::string key = shown.substr(0, shown.find('='));
    // Elsewhere the last one counts, so that scripts may add words.
    if (key.size() < shown.size() && key == before) {
      const Line line(Place::command_line, 0, shown);
      complaints.add(
          line.word(0, shown.size()), base::quoted(key) + " is given twice in a row",
          "if the shell expanded braces, quote them: pipeline sweep FILE '" + key + "={...}' runs once for each value");
      continue;
    }
    before = std::move(key);
    apply_override(source.tree, word, complaints);
  }
  return source;
}

}  // namespace pipeline::config
