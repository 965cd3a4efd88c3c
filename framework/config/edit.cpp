#include "config/edit.hpp"

#include <algorithm>

#include "base/names.hpp"
#include "base/utf8.hpp"
#include "config/line.hpp"

namespace pipeline::config {

const Tree* child(const Tree& tree, const std::string& name) {
  const auto found = tree.find(name);
  return found == tree.not_found() ? nullptr : &found->second;
}

Tree* child(Tree& tree, const std::string& name) {
  const auto found = tree.find(name);
  return found == tree.not_found() ? nullptr : &found->second;
}

Tree& put(Tree& tree, const Entry& entry) {
  Tree* present = child(tree, entry.name.text);
  if (!present) return tree.push_back({entry.name.text, Tree(entry)})->second;
  present->data() = entry;
  return *present;
}

std::vector<std::string> names(const Tree& tree) {
  std::vector<std::string> list;
  for (const auto& [name, node] : tree) list.push_back(name);
  return list;
}

std::string plugin_of(const Tree& section) {
  if (const Tree* plugin = child(section, "plugin")) return plugin->data().value.text;
  const std::string& name = section.data().name.text;
  const std::size_t colon = name.find(':');
  return colon == name.npos ? "" : name.substr(colon + 1);
}

const std::vector<std::string> plain_sections = {"pipeline", "dataset", "network", "training", kSweep},
                               named_sections = {"model", "metric", "report"};

bool may_exist(const std::string& section) {
  const std::size_t colon = section.find(':');
  const std::vector<std::string>& known = colon == section.npos ? plain_sections : named_sections;
  return std::ranges::find(known, section.substr(0, colon)) != known.end();
}

bool check_section_name(const Word& name, Complaints& complaints) {
  if (!is_section_name(name.text)) {
    complaints.add(name, base::quoted(name.text) + " is not a valid section name",
                   "a section is 'name' or 'kind:name'; names consist of letters, digits, _ and -");
    return false;
  }
  const std::size_t length = name.text.size() - (name.text.find(':') + 1);  // of all of it if there is no ':'
  if (length > base::longest_name) {
    complaints.add(name, "a name of " + std::to_string(length) + " characters",
                   "it may have at most " + std::to_string(base::longest_name));
    return false;
  }
  if (name.text == "model:control") {
    complaints.add(name, "the name 'control' is reserved for the untrained network", "give the model another name");
    return false;
  }
  return true;
}

}  // namespace pipeline::config
