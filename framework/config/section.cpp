#include "config/section.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>

#include "base/utf8.hpp"

namespace pipeline::config {
namespace fs = std::filesystem;

namespace {

/// The folder from which relative paths in a value start.
fs::path folder_of(const Place& place) {
  return place.in_a_file() ? fs::absolute(place.file).lexically_normal().parent_path() : fs::current_path();
}

/// What would be valid: "did you mean ...", the range, the default.
std::string remedy_for(const Parameter& p, const std::string& refused) {
  std::string text = p.choices.empty() ? p.values_text() : suggestion(refused, p.choices);
  if (!p.required && !p.initial.empty()) text += (text.empty() ? "default " : ", default ") + p.initial;
  return text;
}

}  // namespace

SectionReader::SectionReader(std::string section, const Tree* tree, Complaints& complaints, const std::string& file)
    : name_{std::move(section), tree ? tree->data().name.place : Place{file, 0, 0, ""}},
      tree_(tree),
      complaints_(complaints) {}

void SectionReader::take(Parameters& parameters, const std::string& prefix, const std::string& owner) {
  const fs::path base_before = parameters.base;
  for (const Parameter& p : parameters.all()) {
    const std::string key = prefix + p.name;
    Setting setting{key, "", owner.empty() ? "default" : "default of " + owner, p.type == ParameterType::path, name_};
    if (const Tree* node = tree_ ? child(*tree_, key) : nullptr) {
      setting.word = node->data().value;
      setting.origin = base::location(setting.word.place);
      parameters.base = folder_of(setting.word.place);
      const std::optional<std::string> refusal = p.set(setting.word.text);
      if (refusal && !complaints_.about(setting.word))  // else its syntax was already complained about
        complaints_.add(setting.word, "value " + base::in_quotes(setting.word.text) + " of " + key + " " + *refusal,
                        remedy_for(p, setting.word.text));
    } else if (p.required) {
      const std::string values = p.values_text();
      complaints_.add(name_, "[" + name_.text + "] needs '" + key + "'",
                      p.meaning + (values.empty() ? "" : " (" + values + ")"));
    }
    setting.value = p.get();
    if (std::find(known_.begin(), known_.end(), key) != known_.end()) continue;  // declared twice, listed once
    known_.push_back(key);
    settings_.push_back(std::move(setting));
  }
  parameters.base = base_before;
}

void SectionReader::finish() {
  if (!tree_) return;
  std::vector<std::string> known = known_;
  if (name_.text == "pipeline") known.insert(known.end(), {"drop", "include"});  // applied when the file was read
  const std::set<std::string> taken(known_.begin(), known_.end());
  std::size_t unknown = 0;
  for (const auto& [key, node] : *tree_) {
    if (taken.count(key)) continue;
    if (std::any_of(excused_.begin(), excused_.end(), [&](const std::string& p) { return key.rfind(p, 0) == 0; }))
      continue;
    // "keep_prob" where "dropout.keep_prob" is known
    std::string whole;
    for (const std::string& k : known_)
      if (k.ends_with("." + key)) whole += (whole.empty() ? "" : " or ") + base::in_quotes(k);
    // Among this many complaints suggestions no longer help, and they cost more than reading the file.
    constexpr std::size_t most_suggestions = 1000;
    complaints_.add(node.data().name, "unknown key " + base::in_quotes(key) + " in [" + name_.text + "]",
                    ++unknown > most_suggestions ? ""
                    : whole.empty()              ? suggestion(key, known)
                                                 : "did you mean " + whole + "?");
  }
}

const Setting& SectionReader::setting(const std::string& key) const {
  const auto found = std::find_if(settings_.begin(), settings_.end(), [&](const Setting& s) { return s.key == key; });
  if (found == settings_.end())
    throw std::out_of_range("no parameter '" + key + "' was taken from [" + name_.text + "]");
  return *found;
}

}  // namespace pipeline::config
