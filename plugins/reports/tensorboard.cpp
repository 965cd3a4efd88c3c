// tensorboard: event files for TensorBoard, in tensorboard/MODEL/. To look at them:  tensorboard --logdir RUN
//
//   scalars      every row of metrics.csv; tags are "accuracy" and, for a layer, "snr_optimality/layer 1"
//   histograms   figures per node (nodes.h5), as "snr_optimality/layer 1 nodes"; NaN is left out
//   HParams      one session per model: the settings of network, training and dataset, the model's own, and the seed.
//                Models of several runs that differ only in pipeline.seed are one group: give --logdir a folder of runs
//
//   control is the untrained network. With `every`, each time adds a file with the new steps, which an open TensorBoard
//   shows; at the end one file replaces them. Numbers are float32. The wall time of an event is its step, in seconds: a row of metrics.csv has no time, and
//   the same run gives the same bytes.
//
// See also: plots, summary.
#include <pipeline/report.hpp>

#include <algorithm>
#include <boost/uuid/name_generator_sha1.hpp>
#include <boost/uuid/uuid_io.hpp>
#include <charconv>
#include <cstdio>
#include <pipeline/files.hpp>
#include <pipeline/quoted.hpp>
#include <set>

#include "event_file.hpp"

namespace {
using namespace pipeline;
using namespace pipeline::reports;
namespace fs = std::filesystem;

class TensorBoard final : public Report {
  ReportOutput write(const RunResults& results, const Occasion& occasion) const override {
    const fs::path folder = results.folder / "tensorboard";
    const std::vector<PipelineSection> sections = results.resolved();
    for (const std::string& model : results.models) {
      if (!is_file_name(model)) throw std::runtime_error("model " + pipeline::quoted(model) + " is not a plain word");
      write_model(results, sections, folder / model, model, occasion);
    }
    write_model(results, sections, folder / "control", "control", occasion);
    if (!occasion.final) return {};
    return {{"tensorboard: to look at it, tensorboard --logdir " + results.folder.string()}, {}};
  }

  static bool is_file_name(const std::string& name) {
    return !name.empty() && name != "." && name != ".." && name.find('/') == name.npos && name.find('\0') == name.npos;
  }

  /// Writes the events after those of the newest earlier file; at the end, all in one file, which replaces the others: a
  /// run that was stopped in between has the same files.
  static void write_model(const RunResults& results, const std::vector<PipelineSection>& sections,
                          const fs::path& folder, const std::string& model, const Occasion& occasion) {
    const std::set<std::uint64_t> files = steps_of_files(folder);
    std::optional<std::uint64_t> written;  // up to this step
    if (!occasion.final)
      for (const std::uint64_t step : files)
        if (step < occasion.step) written = step;
    std::map<std::uint64_t, SummaryMessage> events;
    const auto is_new = [&](std::uint64_t step) { return step <= occasion.step && (!written || step > *written); };
    const bool trained = model != "control";
    if (!written && trained) {
      const auto values = hyperparameters(sections, model);
      events[0].session_start(group(model, values), values);
    }
    for (const Row& row : results.rows)
      if (row.model == model && is_new(row.step)) events[row.step].scalar(tag(row.metric, row.layer), row.value);
    for (const MeasuredMetric& metric : results.metrics)
      for (std::size_t layer = 1; layer <= layers(sections); ++layer) {
        const std::string name = std::to_string(layer);
        const std::vector<std::uint64_t> steps = results.node_steps(model, metric.section, name);
        for (std::size_t i = 0; i < steps.size(); ++i)
          if (is_new(steps[i]))
            events[steps[i]].histogram(tag(metric.section, layer) + " nodes",
                                       arma::conv_to<std::vector<double>>::from(
                                           arma::vectorise(results.nodes(model, metric.section, name, i))));
      }
    const bool ended = results.failures.contains(model) || results.stopped.contains(model) ||
                       occasion.step >= results.steps;  // else the run was interrupted
    if (occasion.final && trained && ended)
      events[occasion.step].session_end(results.failures.contains(model) ? SessionStatus::failure
                                                                         : SessionStatus::success);
    EventFile file;
    if (occasion.final) file.restart(0);
    for (const auto& [step, summary] : events)
      if (!summary.empty()) file.add(step, summary);
    fs::create_directories(folder);
    write_file(folder / file_name(occasion.step), file.bytes());
    for (const std::uint64_t step : files)
      if (occasion.final && step != occasion.step) fs::remove(folder / file_name(step));
  }

  static constexpr const char* prefix = "events.out.tfevents.";
  /// TensorBoard reads the files of a folder in the order of their names.
  static std::string file_name(std::uint64_t step) {
    char digits[32];
    std::snprintf(digits, sizeof digits, "%016llu", static_cast<unsigned long long>(step));
    return prefix + std::string(digits) + ".pipeline";
  }
  static std::set<std::uint64_t> steps_of_files(const fs::path& folder) {
    std::set<std::uint64_t> steps;
    if (!fs::exists(folder)) return steps;
    for (const auto& entry : fs::directory_iterator(folder)) {
      const std::string name = entry.path().filename().string();
      const std::string digits = name.substr(std::min(name.size(), std::string(prefix).size()));
      std::uint64_t step = 0;
      std::from_chars(digits.data(), digits.data() + digits.size(), step);
      if (name == file_name(step)) steps.insert(step);
    }
    return steps;
  }

  static std::string tag(const std::string& metric, std::size_t layer) {
    return layer ? metric + "/layer " + std::to_string(layer) : metric;
  }

  static const std::string* setting(const std::vector<PipelineSection>& sections, const std::string& section,
                                    const std::string& key) {
    for (const PipelineSection& s : sections)
      if (s.name == section)
        for (const auto& [name, value] : s.settings)
          if (name == key) return &value;
    return nullptr;
  }

  /// Layers with weights: one less than `layers` lists, which names the inputs too.
  static std::size_t layers(const std::vector<PipelineSection>& sections) {
    const std::string* const list = setting(sections, "network", "layers");
    return list ? static_cast<std::size_t>(std::count(list->begin(), list->end(), ',')) : 0;
  }

  static constexpr const char* seed = "pipeline.seed";

  /// What can make two models differ. A model's own learning rate stands in for that of [training].
  static std::map<std::string, std::string> hyperparameters(const std::vector<PipelineSection>& sections,
                                                            const std::string& model) {
    std::map<std::string, std::string> values = {{"model", model}};
    const std::string* const of_run = setting(sections, "pipeline", "seed");
    if (of_run) values[seed] = *of_run;
    for (const PipelineSection& section : sections)
      if (section.name == "dataset" || section.name == "network" || section.name == "training")
        for (const auto& [key, value] : section.settings) values[section.name + "." + key] = value;
    for (const PipelineSection& section : sections)
      if (section.name == "model:" + model)
        for (const auto& [key, value] : section.settings)
          values[setting(sections, "training", key) ? "training." + key : key] = value;
    return values;
  }

  /// The name of a group: the model, and an identifier of its settings without the seed.
  static std::string group(const std::string& model, const std::map<std::string, std::string>& values) {
    std::string text;
    for (const auto& [key, value] : values)
      if (key != seed) text += key + " = " + value + "\n";
    return model + " " + to_string(boost::uuids::name_generator_sha1(boost::uuids::ns::url())(text));
  }
};
}  // namespace

PIPELINE_REPORT(TensorBoard, tensorboard, "writes event files for TensorBoard: scalars, histograms, HParams")
