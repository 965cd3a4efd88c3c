#include "experiment/reading.hpp"

#include <algorithm>
#include <iterator>
#include <sstream>

#include "base/numbers.hpp"
#include "base/utf8.hpp"
#include "config/edit.hpp"
#include "config/other_words.hpp"

namespace pipeline::experiment {

using config::SectionReader;
using config::Tree;

SectionReader Reading::section(const std::string& name) {
  const Tree* found = config::child(tree, name);
  return SectionReader(name, found, !found && meant(name) ? discarded_ : complaints, pipeline.file.string());
}

void Reading::finish(SectionReader& reader) {
  find_missing_heading(reader);
  reader.finish([&](const base::Word& key) { return advice_about(key); });
  pipeline.resolved.push_back({reader.name().text, reader.settings()});
}

void Reading::keep(SectionReader& reader) {
  reader.finish_without_plugin();
  pipeline.resolved.push_back({reader.name().text, reader.settings()});
}

/// Where the heading of a section is missing, its keys are in the section before it: one complaint, not one for each key.
void Reading::find_missing_heading(SectionReader& reader) {
  static const std::pair<const char*, std::vector<std::string>> keys[] = {
      {"dataset", {"plugin", "wrappers", "validation"}},
      {"network", {"layers", "output_bias", "activation", "start", "start_sd", "start_scale", "start_bias"}},
      {"training", {"steps", "batch_size", "optimiser", "learning_rate", "schedule", "loss", "kernels"}},
      {"metric:NAME", {"every", "on", "images"}}};
  const std::vector<base::Word> unknown = reader.unknown();
  for (const auto& [section, own] : keys) {
    const auto is_own = [&](const base::Word& key) { return std::ranges::count(own, key.text) > 0; };
    const auto first = std::ranges::find_if(unknown, is_own);
    if (has(section) || first == unknown.end()) continue;
    complaints.add(*first, "unknown key " + base::quoted(first->text) + " in [" + reader.name().text + "]",
                   std::string("it is a key of [") + section + "]: is the line [" + section + "] missing before it?");
    for (auto key = first; key != unknown.end(); ++key) reader.excuse(key->text);
    meant_.insert(std::string(section).substr(0, std::string(section).find(':')));
    return;
  }
}

/// "here, 3 epochs are steps = 3000", if the data is known before it is read. What its shape() throws is reported later.
std::string Reading::epochs_as_steps(const std::string& key) const try {
  const Tree* training = config::child(tree, "training");
  const Tree* node = training ? config::child(*training, key) : nullptr;
  const auto epochs = base::parse_whole(node ? node->data().value.text : "");
  if (!epochs || *epochs > 1'000'000 || !pipeline.dataset.plugin.make || !pipeline.wrappers.empty() || data_unsure)
    return "";
  const auto dataset = pipeline.dataset.plugin.make();
  const auto shape = plugins::call({"dataset", pipeline.dataset.plugin.name.c_str(), "Dataset::shape", "", 0},
                                   [&] { return dataset->shape(); });
  if (!shape || shape->train <= pipeline.validation) return "";
  const std::uint64_t samples = *epochs * (shape->train - pipeline.validation), batch = pipeline.batch_size;
  return "here, " + std::to_string(*epochs) + " epochs are steps = " + std::to_string((samples + batch - 1) / batch);
} catch (...) {
  return "";
}

/// What a key is that no parameter has and none resembles: perhaps a plugin. Of a word of other programs, what the
/// pipeline adds to it.
std::string Reading::advice_about(const base::Word& key) {
  if (config::meant_by(key.text)) return config::counts_epochs(key.text) ? epochs_as_steps(key.text) : "";
  const std::string word = key.text.substr(0, key.text.find('.'));
  for (const plugins::PluginKind kind : {plugins::PluginKind::regulariser, plugins::PluginKind::optimiser,
                                         plugins::PluginKind::metric, plugins::PluginKind::report}) {
    const std::vector<std::string> known = catalogue.names(kind);
    if (std::ranges::find(known, word) == known.end()) continue;
    if (kind == plugins::PluginKind::regulariser)
      return "'" + word + "' is a regulariser: a [model:NAME] lists it, as regularisers = " + word;
    if (kind == plugins::PluginKind::optimiser)
      return "'" + word + "' is an optimiser: [training] or a [model:NAME] chooses it, as optimiser = " + word;
    return "'" + word + "' is a " + name_of(kind) + ": it has a section of its own, [" + name_of(kind) + ":" + word +
           "]";
  }
  return "";
}

void Reading::check_listed(SectionReader& reader, const std::string& list, const std::vector<std::string>& entries,
                           plugins::PluginKind kind) {
  const std::vector<base::Word> unknown = reader.unknown(), items = config::items(reader.setting(list).word);
  const bool misspelt =
      std::ranges::any_of(unknown, [&](const base::Word& key) { return config::nearest(key.text, {list}) == list; });
  if (misspelt || reader.unread()) return reader.excuse_entries({});
  if (std::ranges::any_of(items, [&](const base::Word& item) { return complaints.about(item); }))
    return reader.excuse_entries(entries);
  const std::vector<std::string> plugins = catalogue.names(kind);
  std::vector<std::string> missing;
  std::set<std::string> seen;
  const base::Word* first = nullptr;
  std::string removals;               // where the list was overridden and the file has the keys
  std::set<std::string> with_plugin;  // entries whose plugin has another name
  for (const base::Word& key : unknown)
    if (key.text.ends_with(".plugin")) with_plugin.insert(key.text.substr(0, key.text.find('.')));
  for (const base::Word& key : unknown) {
    const std::string entry = key.text.substr(0, key.text.find('.'));
    const bool names_plugin = std::ranges::find(plugins, entry) != plugins.end() || with_plugin.contains(entry);
    if (entry == key.text || !names_plugin || !config::nearest(entry, entries).empty()) continue;
    if (!first) first = &key;
    if (seen.insert(entry).second) missing.push_back(entry);
    reader.excuse(key.text);
    if (reader.removal(list, key.text) != "remove it") removals += " '~" + reader.name().text + "." + key.text + "'";
    if (missing.size() == most_entries) break;
  }
  if (!first) return;
  const auto joined = [](const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
    return text;
  };
  std::vector<std::string> all = entries;
  all.insert(all.end(), missing.begin(), missing.end());
  complaints.add(*first, base::quoted(first->text) + " has no effect: " + list + " does not list " + joined(missing),
                 (all.size() <= 8 ? "write " + list + " = " + joined(all) : "add it to " + list) +
                     (removals.empty() ? "" : ", or add" + removals));
}

base::Word Reading::first_word() const {
  return tree.empty() ? base::Word{"", {pipeline.file.string(), 1, 1, ""}} : tree.front().second.data().name;
}

void Reading::complain_about_section(const base::Word& word, const std::string& kind, const std::string& name,
                                     const std::string& near, const std::vector<std::string>& valid) {
  std::string list;
  for (const std::string& section : valid) list += (list.empty() ? "" : ", ") + section;
  const bool named = std::ranges::count(config::named_sections, near) > 0;
  const std::string better = near + (!named ? "" : name.empty() ? ":NAME" : name);
  complaints.add(word, "unknown section [" + kind + name + "]",
                 (near.empty() ? "" : "did you mean [" + better + "]?  ") + "(valid: " + list + ")");
}

void Reading::check_section_names() {
  std::vector<std::string> all = config::plain_sections, valid;
  all.insert(all.end(), config::named_sections.begin(), config::named_sections.end());
  for (const std::string& name : config::plain_sections) valid.push_back("[" + name + "]");
  for (const std::string& kind : config::named_sections) valid.push_back("[" + kind + ":NAME]");
  for (const auto& [name, keys] : tree) {
    if (keys.data().unread) meant_.insert(name.substr(0, name.find(':')));
    if (config::may_exist(name)) continue;
    const std::string kind = name.substr(0, name.find(':'));
    const bool has_name = name.find(':') != std::string::npos;
    const base::Word& word = keys.data().name;
    if (complaints.about(word)) continue;  // about the characters of its name
    if (std::ranges::count(config::named_sections, name))
      complaints.add(word, "section [" + name + "] needs a name", "write [" + name + ":NAME]");
    else if (std::ranges::count(config::plain_sections, kind))
      complaints.add(word, "section [" + kind + "] takes no name", "write [" + kind + "]");
    else
      complain_about_section(word, kind, has_name ? name.substr(kind.size()) : "", config::nearest(kind, all), valid);
    meant_.insert(config::nearest(kind, all));
  }
  if (tree.size() > most_sections) {
    complaints.add(first_word(), "the pipeline has " + std::to_string(tree.size()) + " sections",
                   "it can have at most " + std::to_string(most_sections));
    complaints.leave_unread();
  }
}

bool Reading::is_too_long(const base::Word& list, const std::string& key, std::size_t entries) {
  if (entries <= most_entries) return false;
  complaints.add(list, key + " lists " + std::to_string(entries) + " entries",
                 "it can have at most " + std::to_string(most_entries));
  return true;
}

bool Reading::is_one_word(SectionReader& reader, const base::Word& word, const std::string& entry) {
  std::istringstream in(entry);
  const std::vector<std::string> words(std::istream_iterator<std::string>(in), {});
  if (words.size() < 2) return true;
  complaints.add(word, base::quoted(entry) + " is more than one word", "separate the entries of a list by commas");
  for (const std::string& each : words) reader.excuse(each + ".");
  return false;
}

bool Reading::attempt(plugins::PluginKind kind, const std::string& name, const char* hook, const std::string& doing,
                      const base::Word& word, const std::function<void()>& call) {
  const std::string who = base::location(word.place) + ": " + plugins::title(kind, name) + " fails while it " + doing;
  try {
    plugins::call({plugins::name_of(kind), name.c_str(), hook, "", 0}, call);
    return true;
  } catch (...) {
    refused.push_back(who + ": " + plugins::what_was_thrown());
  }
  return false;
}

void Reading::complain_about_unknown(plugins::PluginKind kind, const std::string& name, const base::Word& word) {
  const std::string what = "unknown " + std::string(plugins::name_of(kind)) + " " + base::quoted(name);
  if (complaints.about(word)) return;
  if (complaints.full()) return complaints.add(word, what);
  const std::vector<std::string> known = catalogue.names(kind);
  std::string remedy = config::suggestion(name, known);
  if (config::nearest(name, known).empty()) {
    if (const std::string plugin = catalogue.defining(kind, name); !plugin.empty())
      remedy = "did you mean '" + plugin + "'?";
    else
      remedy += std::string(remedy.empty() ? "" : "; ") + "`pipeline plugins list " + plugins::name_of(kind) +
                "s` lists all; --plugin-path FOLDER adds a folder of plugins";
    remedy += plugins::how_to_build_others();
  }
  complaints.add(word, what, remedy);
}

}  // namespace pipeline::experiment
