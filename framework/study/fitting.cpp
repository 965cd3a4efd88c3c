#include "study/fitting.hpp"

#include <algorithm>

#include "data/error.hpp"
#include "learning/speaking.hpp"
#include "plugins/refusal.hpp"

namespace pipeline::study {

using config::Complaints;
using config::Word;

namespace {

/// Complains where an object's check() throws: its words begin with a parameter, and the complaint points at the value
/// of that one where the file gives it.
template <class Check>
void fits(const Description& d, const std::string& section, const std::string& prefix, const Word& fallback,
          Complaints& complaints, const learning::Speaker& who, const Check& check) {
  const learning::Speaks speaks(who);
  try {
    check();
  } catch (const std::invalid_argument& e) {
    const std::string words = e.what(), key = prefix + words.substr(0, words.find(' '));
    Word word = fallback;
    for (const config::ResolvedSection& s : d.resolved)
      if (s.name == section)
        for (const config::Setting& setting : s.settings)
          if (setting.key == key && setting.word.place.column > 0) word = setting.word;
    if (!complaints.about(word)) complaints.add(word, "[" + section + "]: " + prefix + words);
  }
}

/// Runs a call of a plugin named at this word. What it throws that is no complaint about a parameter is its own fault.
template <class Call>
void blaming(const char* kind, const std::string& plugin, const char* hook, const Word& word, const Call& call) {
  const std::string who = word.place.file + (word.place.line ? ":" + std::to_string(word.place.line) : "") + ": " +
                          kind + " '" + plugin + "' fails in " + hook;
  try {
    call(learning::Speaker{kind, plugin.c_str(), hook, "", 0});
  } catch (const std::exception& e) {
    throw plugins::RefusedPlugin(who + ": " + e.what());
  } catch (...) {
    throw plugins::RefusedPlugin(who);
  }
}

/// The value of a key where the file gives it, else the fallback.
Word word_of(const Description& d, const std::string& section, const std::string& value, const Word& fallback) {
  for (const config::ResolvedSection& s : d.resolved)
    if (s.name == section)
      for (const config::Setting& setting : s.settings)
        if (setting.value == value && setting.word.place.column > 0 && setting.word.text == value) return setting.word;
  return fallback;
}

}  // namespace

Word item(Word list, std::size_t index, const std::string& text) {
  std::size_t at = 0;
  for (; index > 0 && at != std::string::npos; --index) at = list.text.find(',', at) + 1;
  if (at = list.text.find(text, at); at != std::string::npos) list.place.column += at;
  list.text = text;
  return list;
}

void check_plugins(const Description& d, const std::optional<ImageShape>& image, bool nonnegative,
                   Complaints& complaints) {
  for (const MetricSection& m : d.metrics)
    blaming("metric", m.plugin, "Metric::check", m.word, [&](const learning::Speaker& who) {
      fits(d, "metric:" + m.name, "", m.word, complaints, who, [&] { m.object->check(d.network, nonnegative); });
    });
  for (const ModelSection& model : d.models)
    for (const EntrySection& e : model.regularisers)
      if (image && e.object)
        blaming("regulariser", e.plugin, "Regulariser::check", e.word, [&](const learning::Speaker& who) {
          fits(d, "model:" + model.name, e.name + ".", e.word, complaints, who,
               [&] { e.object->check(d.network, *image); });
        });
}

void check_compared_models(const Description& d, Complaints& complaints) {
  std::vector<std::string> known = {"control"};
  for (const ModelSection& m : d.models) known.push_back(m.name);
  for (const MetricSection& m : d.metrics)
    for (const std::string& other : m.info.compares)
      if (std::ranges::find(known, other) == known.end())
        complaints.add(word_of(d, "metric:" + m.name, other, m.word),
                       "[metric:" + m.name + "] compares with a model '" + other + "' that is not there",
                       config::suggestion(other, known));
}

void check_watched_sections(const Description& d, Complaints& complaints) {
  for (const ModelSection& model : d.models)
    for (const EntrySection& e : model.regularisers) {
      const auto* watcher = dynamic_cast<const Watcher*>(e.object.get());
      if (!watcher) continue;
      std::string section;
      blaming("regulariser", e.plugin, "Watcher::section", e.word, [&](const learning::Speaker& who) {
        const learning::Speaks speaks(who);
        section = watcher->section();
      });
      const Word word = word_of(d, "model:" + model.name, section, e.word);
      const auto watched = std::ranges::find(d.metrics, section, &MetricSection::name);
      std::vector<std::string> known;
      for (const MetricSection& m : d.metrics) known.push_back(m.name);
      if (complaints.about(word)) continue;
      if (section.empty())
        complaints.add(word, "'" + e.name + "' does not say which metric it watches", config::suggestion("", known));
      else if (watched == d.metrics.end())
        complaints.add(word, "'" + e.name + "' watches [metric:" + section + "], which is not there",
                       config::suggestion(section, known));
      else if (d.validation == 0)
        complaints.add(word, "'" + e.name + "' watches a metric, but no images are set aside for that",
                       "add validation = N to [dataset] and on = validation to [metric:" + section + "]");
      else if (watched->on != "validation")
        complaints.add(word, "'" + e.name + "' watches [metric:" + section + "], which is measured on " + watched->on,
                       "add on = validation to it: who stops by the test images has trained on them");
      else if (watched->info.better == Direction::neither)
        complaints.add(word, "'" + e.name + "' watches [metric:" + section + "], of which neither way is better",
                       "watch a metric that has a direction, such as accuracy or loss");
    }
}

std::optional<DataShape> wrapped_shape(const Description& d, DataShape shape, Complaints& complaints) {
  for (const WrapperEntry& w : d.wrappers) {
    bool fitting = false;
    try {
      fits(d, "dataset", w.name + ".", w.word, complaints, {"wrapper", w.name.c_str(), "Wrapper::changed_shape", "", 0},
           [&] {
             shape = w.object->changed_shape(shape);
             fitting = true;
           });
    } catch (const std::exception& e) {
      throw data::DataError(blamed_wrapper(w) + e.what());
    }
    if (!fitting) return std::nullopt;
  }
  return shape;
}

void compare_with_data(const Description& d, const DataShape& data, bool nonnegative, Complaints& complaints) {
  const auto layers_misfit = [&](std::size_t index, std::size_t needs, const std::string& units,
                                 const std::string& what, const std::string& place) {
    const std::string has = std::to_string(d.network.sizes[index]), wanted = std::to_string(needs);
    if (has != wanted)
      complaints.add(item(d.layers_word, index, has),
                     "the network has " + has + " " + units + ", but data set '" + d.dataset_plugin + "' has " +
                         wanted + " " + what,
                     "write " + wanted + " as the " + place + " of layers");
  };
  layers_misfit(0, data.features, "inputs", "features", "first");
  layers_misfit(d.network.sizes.size() - 1, data.classes, "outputs", "classes", "last");
  if (d.validation >= data.train)
    complaints.add(d.validation_word,
                   "validation = " + std::to_string(d.validation) + " leaves nothing of the training set of " +
                       std::to_string(data.train),
                   "set fewer aside");
  else if (const std::size_t train = data.train - d.validation; d.batch_size > train)
    complaints.add(
        d.batch_word,
        "a batch of " + std::to_string(d.batch_size) + " is larger than the training set of " + std::to_string(train),
        "batch_size is " + std::to_string(train) + " at most with this data set");
  check_plugins(d, data.image, nonnegative, complaints);
}

void check_against_data(const Description& d, const DataShape& data, bool nonnegative) {
  Complaints complaints;
  compare_with_data(d, data, nonnegative, complaints);
  if (complaints.any()) throw config::PipelineTextError(complaints.list());
}

}  // namespace pipeline::study
