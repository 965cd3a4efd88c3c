#include "config/section.hpp"

#include <algorithm>
#include <functional>
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

/// "scaling = divide", "on = test or validation"
std::string condition_text(const Parameter& p, const std::string& prefix) {
  std::string text = prefix + p.condition_name + " = ";
  for (std::size_t i = 0; i < p.condition_values.size(); ++i) text += (i ? " or " : "") + p.condition_values[i];
  return text;
}

/// The word is text, so what cannot be written in a pipeline file comes from the folder of that file.
void complain_about_path(const fs::path& path, const Word& word, Complaints& complaints) {
  for (const fs::path& part : path)
    if (const std::string& name = part.native(); base::printable(name) != name) {
      complaints.add(word,
                     "the folder " + base::quoted(name) + " of this path cannot be written in resolved.ini: its name " +
                         (base::find_not_utf8(name) != name.npos ? "is not UTF-8" : "has a control character"),
                     "rename the folder");
      return;
    }
}

}  // namespace

SectionReader::SectionReader(std::string section, const Tree* tree, Complaints& complaints, const std::string& file)
    : name_{std::move(section), tree ? tree->data().name.place : Place{file, 0, 0, ""}},
      tree_(tree),
      complaints_(complaints) {}

void SectionReader::take(Parameters& parameters, const std::string& prefix, const std::string& owner) {
  const fs::path base_before = parameters.base;
  std::set<std::string> misread;
  for (const Parameter& p : parameters.all()) {
    const Tree* node = tree_ ? child(*tree_, prefix + p.name) : nullptr;
    if (!node) continue;
    const Word& word = node->data().value;
    parameters.base = folder_of(word.place);
    const std::optional<std::string> refusal = p.set(word.text);
    if (!refusal && p.type == ParameterType::path && base::printable(p.get()) != p.get())
      complain_about_path(p.get(), word, complaints_);
    if (!refusal) continue;
    misread.insert(p.name);
    if (!complaints_.about(word))  // else its syntax was already complained about
      complaints_.add(word, "value " + base::in_quotes(word.text) + " of " + prefix + p.name + " " + *refusal,
                      remedy_for(p, word.text));
  }
  parameters.base = base_before;
  const std::function<bool(const Parameter&)> undecided = [&](const Parameter& p) {
    const Parameter* other = p.condition_name.empty() ? nullptr : parameters.find(p.condition_name);
    return other && (misread.contains(other->name) || undecided(*other));
  };
  for (const Parameter& p : parameters.all()) {
    const std::string key = prefix + p.name;
    const Tree* node = tree_ ? child(*tree_, key) : nullptr;
    const bool used = parameters.used(p);
    if (node && !used && !undecided(p))
      complaints_.add(node->data().name, base::in_quotes(key) + " has no effect",
                      "it is used only with " + condition_text(p, prefix) + "; remove it, or set that");
    if (!node && used && p.required && !undecided(p)) {
      const std::string values = p.values_text();
      complaints_.add(name_, "[" + name_.text + "] needs '" + key + "'",
                      p.meaning + (values.empty() ? "" : " (" + values + ")"));
    }
    if (std::find(known_.begin(), known_.end(), key) != known_.end()) continue;  // declared twice, listed once
    known_.push_back(key);
    if (!node && !used) continue;  // a resolved pipeline has no key without effect
    settings_.push_back(
        {key, p.get(), owner.empty() ? "default" : "default of " + owner, p.type == ParameterType::path, name_});
    if (!node) continue;
    settings_.back().word = node->data().value;
    settings_.back().origin = base::location(node->data().value.place);
  }
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
