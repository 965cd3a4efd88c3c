#include "experiment/cross_checks.hpp"

#include <algorithm>

#include "base/utf8.hpp"
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
    const bool own = has_key(p, section, key);  // or one of [training]
    const auto sets_it = [&](const config::Setting& s) { return s.key == (own ? key : e.parameter); };
    const Word word = given_word(p, own ? section : "training", fallback, sets_it);
    // A value of [training] may suit none of several entries: each says why, since another one may be left out.
    const std::string message =
        "[" + section + "]: " + (own || prefix.empty() ? prefix : prefix.substr(0, prefix.find('.')) + " with ") +
        e.what();
    const bool said =
        own ? complaints.about(word) : std::ranges::count(complaints.list(), message, &config::Complaint::message) > 0;
    if (!said) complaints.add(word, message);
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
    if (!m.misread)
      blame(plugins::PluginKind::metric, m.plugin.name, "Metric::check", m.word, [&](const PluginCall& call) {
        const auto object = m.plugin.make();
        fits(p, "metric:" + m.name, "", m.word, complaints, call, [&] { object->check(p.network, nonnegative); });
      });
  for (const ModelConfig& model : p.models)
    for (const EntryConfig& e : model.regularisers)
      if (image && e.plugin.make && !e.misread)
        blame(plugins::PluginKind::regulariser, e.plugin.name, "Regulariser::check", e.word,
              [&](const PluginCall& call) {
                const auto object = e.plugin.make();
                fits(p, "model:" + model.name, e.name + ".", e.word, complaints, call,
                     [&] { object->check(p.network, *image); });
              });
}

void check_parameters(Reading& reading) {
  const Pipeline& p = reading.pipeline;
  Complaints& complaints = reading.complaints;
  const auto check_data = [&](const auto& config, const char* kind, const std::string& prefix) {
    if (!config.plugin.make) return;
    blame(plugins::PluginKind::dataset, config.plugin.name, "Dataset::check", config.word, [&](PluginCall call) {
      call.kind = kind;
      const auto object = config.plugin.make();
      fits(p, "dataset", prefix, config.word, complaints, call, [&] { object->check(); });
    });
  };
  if (!reading.data_unsure) {
    check_data(p.dataset, "dataset", "");
    for (const WrapperConfig& w : p.wrappers) check_data(w, "wrapper", w.plugin.name + ".");
  }
  for (const ModelConfig& model : p.models)
    for (const EntryConfig& e : model.regularisers)
      if (e.plugin.make && !e.misread && !reading.training_unsure)
        blame(plugins::PluginKind::regulariser, e.plugin.name, "Regulariser::check_training", e.word,
              [&](const PluginCall& call) {
                const auto object = e.plugin.make();
                fits(p, "model:" + model.name, e.name + ".", e.word, complaints, call, [&] {
                  object->check_training({p.batch_size, p.steps});
                });
              });
}

void check_compared_models(Reading& reading) {
  const Pipeline& p = reading.pipeline;
  if (reading.meant("model")) return;
  std::vector<std::string> known = {"control"};
  for (const ModelConfig& m : p.models) known.push_back(m.name);
  for (const MetricConfig& m : p.metrics)
    for (const std::string& other : m.info.compares)
      if (const Word word = word_of_value(p, "metric:" + m.name, other, m.word);
          std::ranges::find(known, other) == known.end() && !reading.complaints.about(word))
        reading.complaints.add(
            word, "[metric:" + m.name + "] compares with a model " + base::quoted(other) + " that does not exist",
            config::suggestion(other, known));
}

void check_reports(Reading& reading) {
  const Pipeline& p = reading.pipeline;
  if (reading.meant("metric")) return;
  std::vector<std::string> known;
  known.reserve(p.metrics.size());
  for (const MetricConfig& m : p.metrics) known.push_back(m.name);
  for (const auto& [section, keys] : reading.tree)  // those that were complained about are not in the pipeline
    if (section.starts_with("metric:") && std::ranges::find(known, section.substr(7)) == known.end())
      known.push_back(section.substr(7));
  for (const ReportConfig& r : p.reports)
    blame(plugins::PluginKind::report, r.plugin.name, "Report::check", r.word, [&](const PluginCall& call) {
      const auto object = r.plugin.make();
      fits(p, "report:" + r.name, "", r.word, reading.complaints, call, [&] { object->check(known); });
    });
}

void check_watched_sections(Reading& reading) {
  const Pipeline& p = reading.pipeline;
  Complaints& complaints = reading.complaints;
  std::vector<std::string> known;
  known.reserve(p.metrics.size());
  for (const MetricConfig& m : p.metrics) known.push_back(m.name);
  for (const ModelConfig& model : p.models)
    for (const EntryConfig& e : model.regularisers) {
      const auto section = e.plugin.make && !e.misread ? watched_section(e) : std::nullopt;
      if (!section) continue;
      const Word word = word_of_value(p, "model:" + model.name, *section, e.word);
      const auto watched = std::ranges::find(p.metrics, *section, &MetricConfig::name);
      const bool is_there = watched != p.metrics.end();
      const std::string watches = base::quoted(e.name) + " watches [metric:" + *section + "], ";
      if (complaints.about(word)) continue;
      if (section->empty())
        complaints.add(word, base::quoted(e.name) + " does not name the metric to watch",
                       config::suggestion("", known));
      else if (is_there ? watched->misread || reading.data_unsure : reading.has("metric:" + *section))
        continue;  // complained about already
      else if (!is_there)
        complaints.add(word,
                       base::quoted(e.name) + " watches " + base::quoted(*section) +
                           ", and there is no section [metric:NAME] of that name",
                       config::suggestion(*section, known));
      else if (p.validation == 0)
        complaints.add(word, base::quoted(e.name) + " watches a metric, but no samples are set aside for validation",
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

namespace {

/// " (2007, 2008, 2009, ...)": what the labels looked like before they were numbered.
std::string labels_text(const std::vector<std::string>& names) {
  constexpr std::size_t few = 3;
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), few); ++i) text += (i ? ", " : " (") + base::quoted(names[i]);
  return text + (names.size() > few ? ", ...)" : names.empty() ? "" : ")");
}

}  // namespace

void compare_with_data(const Pipeline& p, const DataShape& data, bool nonnegative, Complaints& complaints,
                       const std::vector<std::string>& class_names) {
  const auto compare_layer = [&](std::size_t index, std::size_t needed, const std::string& units,
                                 const std::string& what, const std::string& remedy) {
    const std::string has = std::to_string(p.network.sizes[index]), needs = std::to_string(needed);
    if (has != needs)
      complaints.add(config::items(p.layers_word).at(index),
                     "the network has " + has + " " + units + ", but dataset " + base::quoted(p.dataset.plugin.name) +
                         " has " + needs + " " + what,
                     remedy);
  };
  compare_layer(0, data.features, "inputs", "features",
                "write " + std::to_string(data.features) + " as the first of layers");
  // A measured value, a year or a number of the row, taken as a label, gives a class to nearly every sample.
  const bool doubtful = data.classes > 100 || (data.classes > 10 && 2 * data.classes > data.train);
  compare_layer(p.network.sizes.size() - 1, data.classes, "outputs", "classes" + labels_text(class_names),
                doubtful ? "are these classes? check what [dataset] takes for the labels"
                         : "write " + std::to_string(data.classes) + " as the last of layers");
  if (p.batch_size > data.train)
    complaints.add(p.batch_word,
                   "a batch of " + std::to_string(p.batch_size) + " is larger than the training set of " +
                       std::to_string(data.train),
                   "batch_size can be at most " + std::to_string(data.train) + " with this dataset");
  check_plugins(p, data.image, nonnegative, complaints);
}

void check_against_data(const Pipeline& p, const DataShape& data, bool nonnegative,
                        const std::vector<std::string>& class_names) {
  Complaints complaints;
  compare_with_data(p, data, nonnegative, complaints, class_names);
  if (complaints.any()) throw config::PipelineTextError(complaints);
}

}  // namespace pipeline::experiment
