// A pipeline file, checked and ready to run: every section read, every plugin made and its parameters set.
#pragma once
#include <optional>

#include "config/section.hpp"
#include "learning/entry.hpp"
#include "learning/products.hpp"
#include "learning/start.hpp"
#include "plugins/catalogue.hpp"

namespace pipeline::study {

struct EntrySection {
  std::string name, plugin;
  std::shared_ptr<Regulariser> object;
  learning::Scope scope;
  config::Word word;  // where the entry is named
  learning::Remake remake = {};
};

struct WrapperEntry {
  std::string name;
  std::shared_ptr<Wrapper> object;
  config::Word word;  // where it is named
};

struct ModelSection {
  std::string name;
  std::vector<EntrySection> regularisers;
  float learning_rate = 0;
};

inline constexpr std::uint64_t kImages = 10'000;  // of the training set, the first so many are measured

struct MetricSection {
  std::string name, plugin;
  std::shared_ptr<Metric> object;
  MetricInfo info;
  std::uint64_t every = 0, images = kImages;
  std::string on = "test";
  config::Word word;
  /// Where it is measured, in the order of its rows.
  std::vector<Split> splits() const {
    if (on == "both") return {Split::test, Split::train};
    return {on == "train" ? Split::train : on == "validation" ? Split::validation : Split::test};
  }
};

struct ReportSection {
  std::string name, plugin;
  std::shared_ptr<Report> object;
  std::uint64_t every = 0;  // 0: at the end only
  config::Word word;
};

struct Description {
  std::filesystem::path file;
  std::string name;
  std::uint64_t seed = 1;
  std::string dataset_plugin;
  std::shared_ptr<Dataset> dataset;
  std::vector<WrapperEntry> wrappers;                // innermost first
  std::vector<std::filesystem::path> dataset_paths;  // files that the [dataset] section names
  std::uint64_t validation = 0;                      // samples off the end of the training set
  config::Word dataset_word, validation_word, layers_word, batch_word;
  NetworkShape network;
  learning::StartingWeights start;
  learning::Kernels kernels = learning::Kernels::own;
  std::uint64_t steps = 0, batch_size = 60;
  std::vector<ModelSection> models;
  std::vector<MetricSection> metrics;
  std::vector<ReportSection> reports;
  std::vector<config::ResolvedSection> resolved;
};

/// Reads, checks and makes everything; of the data only what says its shape is read. All complaints come as one
/// config::PipelineTextError; then a plugin that was found but cannot be used as plugins::RefusedPlugin.
Description describe(const std::filesystem::path& file, const std::vector<std::string>& overrides,
                     plugins::Catalogue& catalogue);

/// "data set 'mnist' in [dataset] (mnist_snr.ini:17): ", before what is wrong with it.
std::string blamed_dataset(const Description& description);
/// "wrapper 'subset' in [dataset] (mnist_snr.ini:18): ".
std::string blamed_wrapper(const WrapperEntry& wrapper);

/// What the wrappers will make of data of this shape. Nothing, and complaints, where they do not fit it.
std::optional<DataShape> wrapped_shape(const Description& description, DataShape inner, config::Complaints& complaints);

/// What can be checked once the data's shape is known; complains like describe().
void check_against_data(const Description& description, const DataShape& data, bool nonnegative);

}  // namespace pipeline::study
