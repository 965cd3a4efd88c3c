#include "experiment/cross_checks.hpp"

#include <algorithm>

#include "data/error.hpp"
#include "experiment/data_shape.hpp"
#include "experiment/reading.hpp"

namespace pipeline::experiment {

using base::Word;
using config::Complaints;
using plugins::PluginCall;

namespace {

/// The place of the first setting of a section that passes the test, else the fallback.
template <class Test>
Word given_word(const Pipeline& p, const std::string& section, const Word& fallback, const Test& test) {
  for (const config::ResolvedSection& s : p.resolved)
    if (s.name == section)
      for (const config::Setting& setting : s.settings)
        if (setting.word.place.column > 0 && test(setting)) return setting.word;
  return fallback;
}
/// The place where the file gives this value.
Word word_of_value(const Pipeline& p, const std::string& section, const std::string& value, const Word& fallback) {
  return given_word(p, section, fallback,
                    [&](const config::Setting& s) { return s.value == value && s.word.text == value; });
}

bool has_key(const Pipeline& p, const std::string& section, const std::string& key) {
  return std::ranges::any_of(p.resolved, [&](const config::ResolvedSection& s) {
    return s.name == section &&
           std::ranges::any_of(s.settings, [&](const config::Setting& setting) { return setting.key == key; });
  });
}

/// Turns a Misfit into a complaint about the value of that parameter. Returns false if there was one.
template <class Check>
bool fits(const Pipeline& p, const std::string& section, const std::string& prefix, const Word& fallback,
          Complaints& complaints, const PluginCall& call, const Check& check) {
  try {
    plugins::call(call, check);
    return true;
  } catch (const Misfit& e) {
    const std::string key = prefix + e.parameter;
    const Word word = given_word(p, section, fallback, [&](const config::Setting& s) { return s.key == key; });
    const bool own = has_key(p, section, key);  // or one of [training]
    if (!complaints.about(word))
      complaints.add(word,
                     "[" + section + "]: " + (own ? prefix : prefix.substr(0, prefix.find('.')) + " with ") + e.what());
    return false;
  }
}

/// Calls a plugin named at this word. Whatever it throws is its own failure.
template <class Call>
void blame(plugins::PluginKind kind, const std::string& plugin, const char* hook, const Word& word, const Call& call) {
  const std::string who = base::location(word.place) + ": " + plugins::title(kind, plugin) + " fails in " + hook;
  try {
    call(PluginCall{plugins::name_of(kind), plugin.c_str(), hook, "", 0});
  } catch (...) {
    throw plugins::RefusedPlugin(who + ": " + plugins::what_was_thrown());
  }
}

/// The section that an entry watches, if any.
std::optional<std::string> watched_section(const EntryConfig& e) {
  std::optional<std::string> section;
  blame(plugins::PluginKind::regulariser, e.plugin.name, "Watcher::section", e.word, [&](const PluginCall& call) {
    const auto object = e.plugin.make();
    plugins::call(call, [&] {
      if (const auto* watcher = dynamic_cast<const Watcher*>(object.get())) section = watcher->section();
    });
  });
  return section;
}

}  // namespace

void check_plugins(const Pipeline& p, const std::optional<ImageShape>& image, bool nonnegative,
                   Complaints& complaints) {
  for (const MetricConfig& m : p.metrics)
    blame(plugins::PluginKind::metric, m.plugin.name, "Metric::check", m.word, [&](const PluginCall& call) {
      const auto object = m.plugin.make();
      fits(p, "metric:" + m.name, "", m.word, complaints, call, [&] { object->check(p.network, nonnegative); });
    });
  for (const ModelConfig& model : p.models)
    for (const EntryConfig& e : model.regularisers)
      if (image && e.plugin.make)
        blame(plugins::PluginKind::regulariser, e.plugin.name, "Regulariser::check", e.word,
              [&](const PluginCall& call) {
                const auto object = e.plugin.make();
                fits(p, "model:" + model.name, e.name + ".", e.word, complaints, call,
                     [&] { object->check(p.network, *image); });
              });
}

void check_parameters(const Pipeline& p, Complaints& complaints) {
  const auto check_data = [&](const auto& config, const char* kind, const std::string& prefix) {
    if (!config.plugin.make) return;
    blame(plugins::PluginKind::dataset, config.plugin.name, "Dataset::check", config.word, [&](PluginCall call) {
      call.kind = kind;
      const auto object = config.plugin.make();
      fits(p, "dataset", prefix, config.word, complaints, call, [&] { object->check(); });
    });
  };
  check_data(p.dataset, "dataset", "");
  for (const WrapperConfig& w : p.wrappers) check_data(w, "wrapper", w.plugin.name + ".");
  for (const ModelConfig& model : p.models)
    for (const EntryConfig& e : model.regularisers)
      if (e.plugin.make)
        blame(plugins::PluginKind::regulariser, e.plugin.name, "Regulariser::check_training", e.word,
              [&](const PluginCall& call) {
                const auto object = e.plugin.make();
                fits(p, "model:" + model.name, e.name + ".", e.word, complaints, call, [&] {
                  object->check_training({p.batch_size, p.steps});
                });
              });
}

void check_compared_models(const Pipeline& p, Complaints& complaints) {
  std::vector<std::string> known = {"control"};
  for (const ModelConfig& m : p.models) known.push_back(m.name);
  for (const MetricConfig& m : p.metrics)
    for (const std::string& other : m.info.compares)
      if (std::ranges::find(known, other) == known.end())
        complaints.add(word_of_value(p, "metric:" + m.name, other, m.word),
                       "[metric:" + m.name + "] compares with a model '" + other + "' that does not exist",
                       config::suggestion(other, known));
}

void check_watched_sections(const Pipeline& p, Complaints& complaints) {
  std::vector<std::string> known;
  for (const MetricConfig& m : p.metrics) known.push_back(m.name);
  for (const ModelConfig& model : p.models)
    for (const EntryConfig& e : model.regularisers) {
      const auto section = e.plugin.make ? watched_section(e) : std::nullopt;
      if (!section) continue;
      const Word word = word_of_value(p, "model:" + model.name, *section, e.word);
      const auto watched = std::ranges::find(p.metrics, *section, &MetricConfig::name);
      const std::string watches = "'" + e.name + "' watches [metric:" + *section + "], ";
      const bool unusable = watched == p.metrics.end() &&
                            std::ranges::count(p.resolved, "metric:" + *section, &config::ResolvedSection::name) > 0;
      if (complaints.about(word) || unusable) continue;
      if (section->empty())
        complaints.add(word, "'" + e.name + "' does not name the metric to watch", config::suggestion("", known));
      else if (watched == p.metrics.end())
        complaints.add(word, watches + "which does not exist", config::suggestion(*section, known));
      else if (p.validation == 0)
        complaints.add(word, "'" + e.name + "' watches a metric, but no samples are set aside for validation",
                       "add validation = N to [dataset] and on = validation to [metric:" + *section + "]");
      else if (watched->on != "validation")
        complaints.add(word, watches + "which is measured on " + watched->on,
                       "add on = validation to it: a model that stops by the test samples has trained on them");
      else if (watched->info.better == Direction::neither)
        complaints.add(word, watches + "for which neither direction is better",
                       "watch a metric that has a direction, such as accuracy or loss");
      else if (!watched->info.compares.empty())
        complaints.add(word, watches + "which compares models",
                       "watch a metric of the model alone, such as accuracy or loss");
      else if (p.steps > 0 && watched->every >= p.steps)
        complaints.add(
            word, watches + "which is measured only before the first and after the last update",
            "give [metric:" + *section + "] an `every` that is well below steps = " + std::to_string(p.steps));
    }
}

std::optional<DataShape> wrapped_shape(const Pipeline& p, DataShape shape, Complaints& complaints) {
  for (const WrapperConfig& w : p.wrappers) try {
      const PluginCall call{"wrapper", w.plugin.name.c_str(), "Wrapper::changed_shape", "", 0};
      const auto object = w.plugin.make();
      if (!fits(p, "dataset", w.plugin.name + ".", w.word, complaints, call,
                [&] { shape = object->changed_shape(shape); }))
        return std::nullopt;
      check_shape(shape);
    } catch (...) {
      throw data::DataError(title(w) + plugins::what_was_thrown());
    }
  return shape;
}

void compare_with_data(const Pipeline& p, const DataShape& data, bool nonnegative, Complaints& complaints) {
  const auto compare_layer = [&](std::size_t index, std::size_t needed, const std::string& units,
                                 const std::string& what, const std::string& place) {
    const std::string has = std::to_string(p.network.sizes[index]), needs = std::to_string(needed);
    if (has != needs)
      complaints.add(item(p.layers_word, index, has),
                     "the network has " + has + " " + units + ", but dataset '" + p.dataset.plugin.name + "' has " +
                         needs + " " + what,
                     "write " + needs + " as the " + place + " of layers");
  };
  compare_layer(0, data.features, "inputs", "features", "first");
  compare_layer(p.network.sizes.size() - 1, data.classes, "outputs", "classes", "last");
  if (p.batch_size > data.train)
    complaints.add(p.batch_word,
                   "a batch of " + std::to_string(p.batch_size) + " is larger than the training set of " +
                       std::to_string(data.train),
                   "batch_size can be at most " + std::to_string(data.train) + " with this dataset");
  check_plugins(p, data.image, nonnegative, complaints);
}

void check_against_data(const Pipeline& p, const DataShape& data, bool nonnegative) {
  Complaints complaints;
  compare_with_data(p, data, nonnegative, complaints);
  if (complaints.any()) throw config::PipelineTextError(complaints.list());
}

}  // namespace pipeline::experiment
