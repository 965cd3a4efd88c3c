#include "config/edit.hpp"

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

bool check_section_name(const Word& name, Complaints& complaints) {
  if (!is_section_name(name.text)) {
    complaints.add(name, base::in_quotes(name.text) + " is not a valid section name",
                   "a section is 'name' or 'kind:name'; names consist of letters, digits, _ and -");
    return false;
  }
  if (name.text == "sweep") {
    complaints.add(name, "[sweep] is reserved", "sweeps are not supported yet");
    return false;
  }
  if (name.text == "model:control") {
    complaints.add(name, "the name 'control' is reserved for the untrained network", "give the model another name");
    return false;
  }
  return true;
}

}  // namespace pipeline::config
