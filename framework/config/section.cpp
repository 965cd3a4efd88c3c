#include "config/section.hpp"

#include <algorithm>
#include <functional>
#include <set>
#include <stdexcept>

#include "base/utf8.hpp"
#include "config/other_words.hpp"

namespace pipeline::config {
namespace fs = std::filesystem;

fs::path folder_of(const Place& place) {
  return place.in_a_file() ? fs::absolute(place.file.str()).lexically_normal().parent_path() : fs::current_path();
}

namespace {

/// What would be valid: "did you mean ...", the range, the default.
std::string remedy_for(const Parameter& p, const std::string& refused) {
  const bool one_of_several =
      !p.choices.empty() && (p.type != ParameterType::words || refused.find(',') == refused.npos);
  std::string text = one_of_several ? suggested_choice(refused, p.choices) : p.values_text();
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

std::string SectionReader::removal(const std::string& cause, const std::string& key) const {
  const Tree* const by = tree_ ? child(*tree_, cause) : nullptr;
  const Tree* const of = tree_ ? child(*tree_, key) : nullptr;
  const bool overridden = by && of && by->data().value.place.on_command_line() && of->data().name.place.in_a_file();
  return overridden ? "add '~" + name_.text + "." + key + "' to leave it out" : "remove it";
}

void SectionReader::advise_on_missing(const std::string& prefix, const std::string& advice) {
  for (Missing& m : missing_)
    if (m.is_text && m.key.starts_with(prefix)) m.remedy += advice;
}

bool SectionReader::take(Parameters& parameters, const std::string& prefix, const std::string& owner) {
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
      complaints_.add(word, "value " + base::quoted(word.text) + " of " + prefix + p.name + " " + *refusal,
                      remedy_for(p, word.text));
  }
  parameters.base = base_before;
  bool complete = misread.empty();
  for (const std::string& name : misread) unsure_.insert(prefix + name);
  const std::function<bool(const Parameter&)> undecided = [&](const Parameter& p) {
    const Parameter* other = p.condition_name.empty() ? nullptr : parameters.find(p.condition_name);
    return other && (misread.contains(other->name) || undecided(*other));
  };
  for (const Parameter& p : parameters.all()) {
    const std::string key = prefix + p.name;
    const Tree* node = tree_ ? child(*tree_, key) : nullptr;
    const bool used = parameters.used(p);
    if (node && !used && !undecided(p))
      complaints_.add(node->data().name, base::quoted(key) + " has no effect",
                      "it is used only with " + condition_text(p, prefix) + "; " +
                          removal(prefix + p.condition_name, key) + ", or set that");
    if (!node && used && p.required && !undecided(p)) {
      const std::string values = p.values_text();
      missing_.push_back({key, p.meaning + (values.empty() ? "" : " (" + values + ")"), p.type == ParameterType::text});
      complete = false;
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
  return complete;
}

std::vector<std::string> SectionReader::known() const {
  std::vector<std::string> all = known_;
  std::erase_if(all, [&](const std::string& key) { return not_offered_.contains(key); });
  if (name_.text == "pipeline") all.insert(all.end(), {"drop", "include"});  // applied when the file was read
  return all;
}

std::vector<Word> SectionReader::unknown() const {
  std::vector<Word> out;
  if (!tree_) return out;
  const std::set<std::string> taken(known_.begin(), known_.end());
  for (const auto& [key, node] : *tree_)
    if (!taken.contains(key) && !is_excused(key)) out.push_back(node.data().name);
  return out;
}

void SectionReader::finish(const Advice& advice) {
  if (unread()) return;
  for (const Word& key : unknown()) complain_about_unknown(key, advice);
  complain_about_missing();
}

void SectionReader::finish_without_plugin() {
  if (unread()) return;
  // Of the unknown keys, only those that were meant to be a missing one are surely wrong.
  std::vector<std::string> missing;
  missing.reserve(missing_.size());
  for (const Missing& m : missing_) missing.push_back(m.key);
  for (const Word& key : unknown())
    if (!nearest(key.text, missing).empty()) complain_about_unknown(key, {});
  complain_about_missing();
}

void SectionReader::complain_about_unknown(const Word& key, const Advice& advice) {
  if (complaints_.about(key)) return;  // as "missing '='"
  if (complaints_.full()) return complaints_.add(key, "");
  const std::vector<std::string> all = known();
  if (const std::string meant = nearest(key.text, all); !meant.empty()) unsure_.insert(meant);
  const std::string remedy = remedy_for_unknown(key, all, advice);
  for (const Missing& m : missing_)  // epochs was written in place of training.steps
    if (remedy.find(name_.text + "." + m.key) != remedy.npos) unsure_.insert(m.key);
  complaints_.add(key, "unknown key " + base::quoted(key.text) + " in [" + name_.text + "]", remedy);
}

void SectionReader::excuse_entries(const std::vector<std::string>& except) {
  for (const Word& key : unknown())
    if (const std::size_t dot = key.text.find('.');
        dot != key.text.npos && std::ranges::find(except, key.text.substr(0, dot)) == except.end())
      excuse(key.text.substr(0, dot + 1));
}

void SectionReader::complain_about_missing() {
  for (const Missing& m : missing_)
    if (!unsure_.contains(m.key)) complaints_.add(name_, "[" + name_.text + "] needs '" + m.key + "'", m.remedy);
  missing_.clear();
}

bool SectionReader::is_excused(const std::string& key) const {
  for (std::size_t dot = key.find('.'); dot != key.npos; dot = key.find('.', dot + 1))
    if (excused_.contains(key.substr(0, dot + 1))) return true;
  return excused_.contains(key);
}

std::string SectionReader::remedy_for_unknown(const Word& key, const std::vector<std::string>& known,
                                              const Advice& advice) const {
  std::string whole;  // "keep_prob" where "dropout.keep_prob" is known
  for (const std::string& k : known)
    if (k.ends_with("." + key.text)) whole += (whole.empty() ? "'" : " or '") + k + "'";
  if (!whole.empty()) return "did you mean " + whole + "?";
  if (!nearest(key.text, known).empty()) return suggestion(key.text, known);
  const std::optional<Meant> meant = meant_by(key.text);
  if (meant && (meant->section == name_.text || std::ranges::count(known, meant->key) > 0))
    return "did you mean '" + meant->key + "'?";
  if (meant) {
    const std::string more = meant->key.empty() && advice ? advice(key) : "";
    return other_word(key.text) + (more.empty() ? "" : "; " + more);
  }
  std::vector<std::string> of_entry;  // "dropout.rate": the keys of the entry dropout
  for (const std::string& k : known)
    if (k.starts_with(key.text.substr(0, key.text.find('.')) + ".")) of_entry.push_back(k);
  if (!of_entry.empty()) return suggestion(key.text, of_entry);
  const std::string told = advice ? advice(key) : "";
  return told.empty() ? suggestion(key.text, known) : told;
}

const Setting& SectionReader::setting(const std::string& key) const {
  const auto found = std::find_if(settings_.begin(), settings_.end(), [&](const Setting& s) { return s.key == key; });
  if (found == settings_.end())
    throw std::out_of_range("no parameter '" + key + "' was taken from [" + name_.text + "]");
  return *found;
}

}  // namespace pipeline::config
