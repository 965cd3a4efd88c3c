#include "config/overrides.hpp"

#include <algorithm>
#include <sstream>

#include "base/utf8.hpp"
#include "config/edit.hpp"
#include "config/line.hpp"
#include "config/other_words.hpp"

namespace pipeline::config {

namespace {

constexpr const char* form = "an override is section.key=value, +section, +section.key=value, ~section or ~section.key";

/// The parts of one override. A missing part is an empty word at the place where it belongs.
struct Override {
  Line line;
  char sign = ' ';  // + or ~
  bool has_value = false, has_key = false;
  Word section, key;
  std::size_t value_from = 0;
};

Override parse_override(const Line& line) {
  Override o{line, ' ', false, false, {}, {}, 0};
  const std::string_view text = line.text;
  if (!text.empty() && (text[0] == '+' || text[0] == '~')) o.sign = text[0];
  const std::size_t from = skip_space(text, o.sign == ' ' ? 0 : 1);
  const std::size_t equals = std::min(text.find('=', from), text.size());
  const std::string_view name = trim_end(text.substr(from, equals - from));
  const std::size_t dot = name.find('.');
  o.has_value = equals < text.size();
  o.has_key = dot != name.npos;
  o.section = line.word(from, name.substr(0, dot));
  o.key = o.has_key ? line.word(from + dot + 1, name.substr(dot + 1)) : line.word(from + name.size(), "");
  o.value_from = std::min(equals + 1, text.size());
  return o;
}

/// What was probably meant by "lr=0.1": the key of that name in the file, or what other programs call so. Else the form.
std::string with_section(const Tree& tree, const Override& o) {
  const std::string& word = o.section.text;
  const std::string value(o.line.text.substr(o.value_from));
  const auto written = [&](const std::string& section, const std::string& key) {
    return "did you mean '" + section + "." + key + "=" + (value.size() <= 40 ? value : "...") + "'?";
  };
  if (const auto meant = meant_by(word))
    return meant->key.empty() ? meant->remark : written(meant->section, meant->key);
  for (const auto& [section, keys] : tree)
    if (child(keys, word)) return written(section, word);
  for (const auto& [section, keys] : tree)
    if (const std::string near = nearest(word, names(keys)); !near.empty()) return written(section, near);
  return form;
}

/// Whether it has the parts that its sign requires.
bool check_form(const Tree& tree, const Override& o, Complaints& complaints) {
  const bool drops = o.sign == '~', creates_only = o.sign == '+' && !o.has_key && !o.has_value;
  const Word whole = o.line.word(0, o.line.text.size());
  if (o.section.text.empty())
    complaints.add(whole, "an override that names no section", form);
  else if (drops && o.has_value)
    complaints.add(o.line.word(o.value_from - 1, 1), "'~' removes a section or key and takes no value", form);
  else if (!drops && !creates_only && !o.has_value)
    complaints.add(whole, "missing '=' in override " + base::quoted(whole.text),
                   o.key.text == "ini" ? "one pipeline file at a time; the words after it are overrides"
                   : o.has_key ? "an override is one word: " + std::string(o.sign == '+' ? "+" : "") + o.section.text +
                                     "." + o.key.text + "=VALUE"
                               : form);
  else if (!drops && !creates_only && !o.has_key)
    complaints.add(o.section, base::quoted(o.section.text) + " is not section.key", with_section(tree, o));
  else if (o.has_key && o.section.text == kSweep && !is_swept_key(o.key.text))
    complaints.add(o.key, base::quoted(o.key.text) + " is not section.key", "write sweep.section.key={...}");
  else if (o.has_key && o.section.text != kSweep && !is_key(o.key.text))
    complaints.add(o.key, base::quoted(o.key.text) + " is not a valid key",
                   "a key consists of letters, digits, _ and -, or of several such words joined by dots");
  else
    return true;
  return false;
}

/// Whether `regularisers` or `wrappers` of a section list an entry of that name. Such an entry has keys of its own.
bool lists(const Tree& keys, const std::string& name) {
  for (const char* list : {"regularisers", "wrappers"}) {
    const Tree* const key = child(keys, list);
    std::string words = key ? key->data().value.text : "";
    std::ranges::replace(words, ',', ' ');
    std::istringstream in(words);
    for (std::string word; in >> word;)
      if (word == name) return true;
  }
  return false;
}

/// What was probably meant by "dropout.keep_prob": that key of every section that has it or lists dropout.
std::string whole_names(const Tree& tree, const Override& o) {
  const std::string key = o.section.text + "." + o.key.text, sign = o.sign == ' ' ? "" : std::string(1, o.sign);
  std::string whole;
  for (const auto& [section, keys] : tree) {
    if (o.has_key && (child(keys, key) || lists(keys, o.section.text)))
      whole += (whole.empty() ? "'" : " or '") + sign + section + "." + key + "'";
  }
  return whole;
}

Tree* find_section(Tree& tree, const Override& o, Complaints& complaints) {
  Tree* section = child(tree, o.section.text);
  if (section) return section;
  // A pipeline file need not have [pipeline]; its keys can be set anyway.
  if (o.sign == ' ' && o.section.text == "pipeline") return &put(tree, {o.section, {}});
  const std::string whole = complaints.full() ? "" : whole_names(tree, o);
  std::string remedy = whole.empty() ? suggestion(o.section.text, names(tree)) : "did you mean " + whole + "?";
  if (o.sign == ' ' && whole.empty() && may_exist(o.section.text))  // '~' cannot refer to a new section
    remedy +=
        (remedy.empty() ? "" : "; ") +
        (o.line.text.size() <= 60 ? "'+" + std::string(o.line.text) + "' creates it" : "a + before it creates it");
  complaints.add(o.section, "no section " + base::quoted(o.section.text) + " in the pipeline", remedy);
  return nullptr;
}

void drop(Tree& tree, const Override& o, Complaints& complaints) {
  Tree* section = find_section(tree, o, complaints);
  if (!section) return;
  if (!o.has_key)
    tree.erase(o.section.text);
  else if (section->erase(o.key.text) == 0)
    complaints.add(o.key, "key " + base::quoted(o.key.text) + " is not set in [" + o.section.text + "]",
                   suggestion(o.key.text, names(*section)));
}

/// Removes the file's keys, which were meant for another plugin. Keys of earlier overrides, meant for this one, stay,
/// and so do keys that every dataset accepts (validation, wrappers and the keys of wrappers).
void drop_keys_of_file(Tree& section) {
  const auto for_any = [](const std::string& key) {
    return key == "validation" || key == "wrappers" || key.find('.') != std::string::npos;
  };
  for (auto key = section.begin(); key != section.end();)
    key = key->second.data().value.place.on_command_line() || for_any(key->first) ? std::next(key) : section.erase(key);
}

void set(Tree& tree, const Override& o, Complaints& complaints) {
  if (!check_section_name(o.section, complaints)) return;
  Tree* section = o.sign == '+' ? child(tree, o.section.text) : find_section(tree, o, complaints);
  if (!section && o.sign != '+') return;
  Entry entry{o.key, {}};
  if (o.has_key) {
    if (o.section.text == "pipeline" && (o.key.text == "include" || o.key.text == "drop")) {
      complaints.add(
          o.key, base::quoted(o.key.text) + " belongs in a file",
          o.key.text == "drop" ? "on the command line, write ~section" : "put it in a pipeline file of your own");
      return;
    }
    const Value value = o.section.text == kSweep ? read_swept_value(o.line, o.value_from)
                                                 : read_value(o.line, o.value_from, complaints);
    entry.value = value.word;
    if (value.end < o.line.text.size())
      complaints.add(o.line.word(value.end, o.line.text.size() - value.end), "a comment in an override",
                     "quote the value if this is part of it");
  }
  if (!section) section = &put(tree, {o.section, {}});
  if (!o.has_key) return;
  if (o.key.text == "plugin" && entry.value.text != plugin_of(*section)) drop_keys_of_file(*section);
  put(*section, entry);
}

}  // namespace

void apply_override(Tree& tree, const std::string& override_word, Complaints& complaints) {
  const std::string shown = base::printable(override_word);
  const Line line(Place::command_line, 0, shown);
  if (shown != override_word) {
    complaints.add(line.word(0, shown.size()), "an override with a character that is not allowed in a pipeline file",
                   "an override must be UTF-8 text on one line");
    return;
  }
  const Override o = parse_override(line);
  if (!check_form(tree, o, complaints)) return;
  if (o.sign == '~')
    drop(tree, o, complaints);
  else
    set(tree, o, complaints);
}

}  // namespace pipeline::config
