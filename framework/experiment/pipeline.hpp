// A pipeline as a value: everything its file says, checked, with names and parameters of plugins instead of objects. It
// can be copied, hashed, and run any number of times.
#pragma once
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <pipeline/optimiser.hpp>
#include <string>
#include <vector>

#include "base/place.hpp"
#include "config/section.hpp"
#include "experiment/checkpoint_interval.hpp"
#include "kernels/products.hpp"
#include "learning/entry.hpp"
#include "learning/schedule.hpp"
#include "learning/start.hpp"
#include "plugins/catalogue.hpp"

namespace pipeline::experiment {

/// A plugin with all its parameters set, and the function that makes an object of it. make() runs
/// inside a plugins::CallScope and may throw anything.
template <class Base>
struct PluginConfig {
  std::string name;
  plugins::Values values = {};
  std::function<std::shared_ptr<Base>()> make = {};
};

struct DatasetConfig {
  PluginConfig<Dataset> plugin;
  std::vector<std::filesystem::path> files;  // named by its parameters
  base::Word word;
};

struct WrapperConfig {
  PluginConfig<Wrapper> plugin;
  base::Word word;  // where it is named
};

/// One entry of a model's list of regularisers.
struct EntryConfig {
  std::string name;
  PluginConfig<Regulariser> plugin;
  learning::Scope scope;
  base::Word word;  // where the entry is named
  learning::Schedule strength = {};
  bool misread = false;  // some value is a default because it could not be read
};

struct ModelConfig {
  std::string name;
  std::vector<EntryConfig> regularisers;
  float learning_rate = 0;
  learning::Schedule schedule = {};
  PluginConfig<Optimiser> optimiser = {};
  base::Word optimiser_word = {};  // where it is named
};

inline constexpr std::uint64_t kImages = 10'000;  // training samples that a metric measures by default, from the first

struct MetricConfig {
  std::string name;  // the section's
  PluginConfig<Metric> plugin;
  MetricInfo info;
  std::uint64_t every = 0, images = kImages;
  std::string on = "test";
  base::Word word;
  bool misread = false;  // as of an entry
  /// Where it is measured, in the order of its rows.
  std::vector<Split> splits() const {
    if (on == "both") return {Split::test, Split::train};
    return {on == "train" ? Split::train : on == "validation" ? Split::validation : Split::test};
  }
};

struct ReportConfig {
  std::string name;  // the section's
  PluginConfig<Report> plugin;
  std::uint64_t every = 0;  // 0: at the end only
  base::Word word;
};

struct Pipeline {
  std::filesystem::path file;
  std::string text;  // of the file, as it was read
  std::string name;
  std::uint64_t seed = 1;
  CheckpointInterval checkpoint;
  DatasetConfig dataset;
  std::vector<WrapperConfig> wrappers;  // innermost first
  std::uint64_t validation = 0;         // samples taken off the end of the training set
  base::Word validation_word, layers_word, batch_word;
  NetworkShape network;
  learning::StartingWeights start;
  kernels::Backend kernels = kernels::Backend::own;
  std::uint64_t steps = 0, batch_size = 60;
  bool stops_on_nan = false;  // the whole run, not only the model that became NaN or infinite
  std::vector<ModelConfig> models;
  std::vector<MetricConfig> metrics;
  std::vector<ReportConfig> reports;
  std::vector<config::ResolvedSection> resolved;
  bool has_sweep = false;  // its [sweep] section, which says nothing about one run
};

/// Reads and checks a pipeline file. Loads its plugins, but of the data only what determines its shape. Throws all
/// complaints as one config::PipelineTextError; then, where a plugin cannot be used, plugins::RefusedPlugin; then
/// data::DataError.
Pipeline read_pipeline(const std::filesystem::path& file, const std::vector<std::string>& overrides,
                       plugins::Catalogue& catalogue);

/// The same of a text that was read from this file; `complaints` are those found while reading it.
Pipeline read_pipeline(const std::filesystem::path& file, const config::Source& source, config::Complaints complaints,
                       plugins::Catalogue& catalogue);

/// SHA-256 of the library of each plugin that the pipeline names, by "regulariser l2".
std::map<std::string, std::string> plugin_hashes(const Pipeline& pipeline, const plugins::Catalogue& catalogue);

/// The text of a pipeline in one piece: includes and overrides are applied, paths are absolute, [sweep] is left out, and
/// defaults are not written out. Overrides change it as they change the file.
std::string text_in_one_piece(const config::Tree& tree, const Pipeline& pipeline);

/// "dataset 'mnist' in [dataset] (mnist_snr.ini:17): ", for error messages.
std::string title(const DatasetConfig& dataset);
/// "wrapper 'subset' in [dataset] (mnist_snr.ini:18): ".
std::string title(const WrapperConfig& wrapper);

}  // namespace pipeline::experiment
