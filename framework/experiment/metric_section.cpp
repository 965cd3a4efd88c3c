// [metric:NAME].
#include <utility>

#include "experiment/reading.hpp"

namespace pipeline::experiment {

using config::SectionReader;
using plugins::PluginKind;

namespace {

void name_unit_of_the_loss(MetricInfo& info, LossFunction loss) {
  const auto name = [&](std::string& unit) {
    if (unit == unit_of_the_loss) unit = loss == LossFunction::cross_entropy ? "nats" : "squared error";
  };
  name(info.unit);
  for (auto& [value, unit] : info.unit_of) name(unit);
}

bool describe(Reading& reading, const Metric& object, MetricConfig& m) {
  return reading.attempt(PluginKind::metric, m.plugin.name, "Metric::describe", "describes what it measures", m.word,
                         [&] {
                           m.info = object.describe();
                           name_unit_of_the_loss(m.info, reading.pipeline.network.loss);
                         });
}

/// `on` and `images`, for metrics that look at samples.
void read_samples(Reading& reading, SectionReader& reader, MetricConfig& m) {
  Parameters samples;
  m.on = m.info.looks == Looks::at_samples ? m.info.on : "test";
  if (m.info.looks == Looks::at_samples)
    samples.choice("on", m.on, {"test", "train", "both", "validation"}, "which samples it is measured on");
  if (m.info.looks != Looks::at_weights)
    samples.whole("images", m.images, at_least(1), "the number of training samples measured, from the first");
  m.misread |= !reader.take(samples);
  // Complained about once, whatever the number of metrics and of models that watch them.
  if (m.on == "validation" && reading.pipeline.validation == 0 && !std::exchange(reading.data_unsure, true))
    reading.complaints.add(reader.setting("on").word, "on = validation, but no samples are set aside for validation",
                           "add validation = N to [dataset]: the last N training samples are then used for it");
  if (m.info.looks != Looks::at_samples || (m.on != "test" && m.on != "validation")) return;
  const config::Setting& given = reader.setting("images");
  if (m.images != kImages && !reading.complaints.about(given.word))
    reading.complaints.add(given.word, "images has no effect where on = " + m.on + ": all samples are measured",
                           "remove it, or measure on = train or both");
}

}  // namespace

void read_metric(Reading& reading, const std::string& name, const config::Tree& tree) {
  SectionReader reader("metric:" + name, &tree, reading.complaints);
  MetricConfig m{name, {name, {}, {}}, {}, 0, kImages, "test", reader.name(), false};
  Parameters p;
  p.text("plugin", m.plugin.name, "the metric, if the section has another name");
  p.whole("every", m.every, at_least(1), "measured before the update of every N-th step, and after the last update")
      .must_be_given();
  m.misread = !reader.take(p) || reader.unread();
  const std::string plugin = m.plugin.name;
  const auto object =
      reading.make<Metric>(plugin, plugin == name ? m.word : reader.setting("plugin").word, reader.unread());
  Parameters own;
  if (!object || !reading.declare(*object, own, plugin, m.word) || !describe(reading, *object, m))
    return reading.keep(reader);
  read_samples(reading, reader, m);
  if (!reading.take(reader, own, PluginKind::metric, plugin, m.word, m.misread) || !describe(reading, *object, m))
    return reading.keep(reader);  // again: what it compares may be a parameter
  m.plugin = reading.config_of<Metric>(plugin, own);
  reading.finish(reader);
  reading.pipeline.metrics.push_back(std::move(m));
}

}  // namespace pipeline::experiment
