// [dataset]: the dataset, its wrappers, and the samples set aside for validation.
#include <algorithm>

#include "base/utf8.hpp"
#include "experiment/reading.hpp"

namespace pipeline::experiment {

using base::Word;
using config::SectionReader;
using plugins::PluginKind;

namespace {

bool is_wrapper(const std::string& plugin, const Dataset& dataset) {
  return plugins::call({"dataset", plugin.c_str(), "dynamic_cast", "", 0},
                       [&] { return dynamic_cast<const Wrapper*>(&dataset) != nullptr; });
}

/// The names of all wrappers, or of all other datasets. Creates an object of each to find out, so only for complaints.
std::vector<std::string> datasets(Reading& reading, bool wrappers) {
  std::vector<std::string> out;
  for (const std::string& name : reading.catalogue.names(PluginKind::dataset)) try {
      if (is_wrapper(name, *reading.catalogue.make<Dataset>(name)) == wrappers) out.push_back(name);
    } catch (const plugins::RefusedPlugin&) {
      // Not worth suggesting.
    }
  return out;
}

/// Creates a dataset or a wrapper; complains if the plugin is the other.
std::shared_ptr<Dataset> make_dataset(Reading& reading, const std::string& name, const Word& word, bool wrapper) {
  const auto known = reading.catalogue.names(PluginKind::dataset);
  if (std::ranges::find(known, name) == known.end()) {
    if (reading.complaints.about(word)) return nullptr;
    reading.complaints.add(word, (wrapper ? "unknown wrapper " : "unknown dataset ") + base::quoted(name),
                           reading.complaints.full()
                               ? ""
                               : config::suggestion(name, datasets(reading, wrapper)) + plugins::how_to_build_others());
    return nullptr;
  }
  auto made = reading.make<Dataset>(name, word);
  if (!made || wrapper == is_wrapper(name, *made)) return made;
  if (wrapper)
    reading.complaints.add(word, "'" + name + "' is a dataset, not a wrapper",
                           config::suggestion("", datasets(reading, true)));
  else
    reading.complaints.add(word, "'" + name + "' is a wrapper, not a dataset",
                           "name a dataset here, and this one in wrappers = " + name);
  return nullptr;
}

/// The parameters of the dataset itself or of a wrapper; nothing if it cannot declare them.
template <class Made>
std::optional<PluginConfig<Made>> read_own(Reading& reading, SectionReader& reader, Dataset& object,
                                           const std::string& plugin, const Word& word, const std::string& prefix) {
  Parameters own;
  if (!reading.declare(object, own, plugin, word)) return std::nullopt;
  bool misread = false;  // then the section has complaints, and nothing is concluded from it
  if (!reading.take(reader, own, PluginKind::dataset, plugin, word, misread, prefix)) return std::nullopt;
  for (const Parameter& parameter : own.all())
    if (parameter.type == ParameterType::path && !parameter.get().empty())
      reading.pipeline.dataset.files.emplace_back(parameter.get());
  return reading.config_of<Made, Dataset>(plugin, own);
}

/// Returns false if the list itself could not be read.
bool read_wrappers(Reading& reading, SectionReader& reader, const std::vector<std::string>& names, const Word& list) {
  if (reading.complaints.about(list) || reading.is_too_long(list, "wrappers", names.size())) return false;
  const std::vector<Word> words = config::items(list);
  std::set<std::string> seen;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string& name = names[i];
    const Word& word = words.at(i);
    if (!seen.insert(name).second) {
      reading.complaints.add(word, base::quoted(name) + " is listed twice in wrappers", "list each wrapper once");
      continue;
    }
    if (!reading.is_one_word(reader, word, name)) continue;
    const auto wrapper = make_dataset(reading, name, word, true);
    std::optional<PluginConfig<Wrapper>> config;
    if (wrapper) config = read_own<Wrapper>(reading, reader, *wrapper, name, word, name + ".");
    if (config)
      reading.pipeline.wrappers.push_back({*config, word});
    else
      reader.excuse(name + ".");
  }
  return true;
}

}  // namespace

void read_dataset(Reading& reading) {
  Pipeline& p = reading.pipeline;
  const std::size_t complaints_before = reading.complaints.count();
  SectionReader reader = reading.section("dataset");
  p.dataset.word = reader.name();
  std::string plugin;
  Parameters naming;
  naming.text("plugin", plugin, "which dataset").must_be_given();
  reader.take(naming);
  p.dataset.plugin.name = plugin;
  std::shared_ptr<Dataset> object;
  if (!plugin.empty()) {
    p.dataset.word = reader.setting("plugin").word;
    object = make_dataset(reading, plugin, p.dataset.word, false);
  } else if (const config::Tree* section = config::child(reading.tree, "dataset");
             section && config::child(*section, "plugin")) {
    reading.complaints.add(reader.setting("plugin").word, "plugin is empty",
                           config::suggestion("", datasets(reading, false)));
  }
  Parameters common;
  std::vector<std::string> wrappers;
  common.words("wrappers", wrappers, "what changes the data once it is loaded, innermost first");
  common.whole(
      "validation", p.validation, at_least(0),
      "training samples set aside at the end of the set, before wrappers, for metrics with on = validation; 0: "
      "none");
  reader.take(common);
  p.validation_word = reader.setting("validation").word;
  std::optional<PluginConfig<Dataset>> config;
  if (object) config = read_own<Dataset>(reading, reader, *object, plugin, p.dataset.word, "");
  if (config) p.dataset.plugin = *config;
  const Word list = reader.setting("wrappers").word;  // a copy: reading wrappers adds settings
  if (!read_wrappers(reading, reader, wrappers, list))
    reader.excuse_entries({});
  else if (config)
    reading.check_listed(reader, "wrappers", wrappers, PluginKind::dataset);
  config ? reading.finish(reader) : reading.keep(reader);
  reading.data_unsure = reader.unsure() || reading.complaints.count() > complaints_before || reading.meant("dataset");
}

}  // namespace pipeline::experiment
