// The results of a run, readable at any time: while it runs, and long after.
#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <pipeline/dataset.hpp>
#include <pipeline/metric.hpp>

namespace pipeline {

/// One row of metrics.csv. layer 0: the whole network (an empty field in the file).
struct Row {
  std::uint64_t step = 0;
  std::string model, metric;
  std::size_t layer = 0;
  double value = 0;
};

/// One [metric:...] section of the run, in file order.
struct MeasuredMetric {
  std::string section, plugin;
  MetricInfo info;
};

/// One section of the resolved pipeline.
struct PipelineSection {
  std::string name;                                           // "training", "model:l2"
  std::vector<std::pair<std::string, std::string>> settings;  // key and value, every default included
};

/// A plugin that the run used.
struct UsedPlugin {
  std::string kind, name, version, library, sha256;
  std::string about;  // the comment at the head of its source file: formula, symbols, source; empty if not known
};

class PIPELINE_API RunResults {
 public:
  virtual ~RunResults() = default;

  std::filesystem::path folder;
  std::string pipeline;                  // the pipeline's name
  std::uint64_t steps = 0;               // updates in the whole run
  std::vector<std::string> models;       // in file order; "control" is not among them
  std::vector<std::string> class_names;  // Data::class_names
  std::vector<MeasuredMetric> metrics;
  std::vector<UsedPlugin> plugins;
  std::string status;                                      // of run.json: "running", "finished", "stopped", ...
  std::vector<std::pair<std::string, std::string>> facts;  // of run.json, for people: "started", "processor", ...
  std::vector<Row> rows;                                   // in file order
  std::map<std::string, std::string> failures;             // by model: why it ended before the others
  std::map<std::string, std::uint64_t> stopped;            // by model: the update before which a regulariser stopped it
  /// By model: the step whose weights it went back to after its last update. Its last rows were measured with them.
  std::map<std::string, std::uint64_t> restored;
  std::map<std::string, std::vector<std::string>> remarks;  // by model: what its regularisers said at the end

  /// The steps at which nodes.h5 has a measurement of /<model>/<section>/<name>; none if it has no such dataset.
  virtual std::vector<std::uint64_t> node_steps(const std::string& model, const std::string& section,
                                                const std::string& name) const = 0;
  /// Measurement `index` of these: a column over nodes, or a matrix.
  virtual arma::mat nodes(const std::string& model, const std::string& section, const std::string& name,
                          std::size_t index) const = 0;
  /// The newest of them; empty if there is none.
  arma::mat newest(const std::string& model, const std::string& section, const std::string& name) const;

  /// The arrays of a model in weights.h5, by name ("W1", "b1"), W as [inputs x nodes]; none during the run.
  virtual std::map<std::string, arma::fmat> weights(const std::string& model) const = 0;
  /// The class that a model predicts for each test sample, and the true classes; none during the run.
  virtual std::vector<std::uint16_t> predicted(const std::string& model) const = 0;
  virtual std::vector<std::uint16_t> test_labels() const = 0;
  /// resolved.ini.
  virtual std::vector<PipelineSection> resolved() const = 0;
  /// The dataset, wrapped and split as the models see it; loaded on the first call. Throws std::runtime_error where it
  /// cannot be loaded any more.
  virtual const Data& data() const = 0;
};

}  // namespace pipeline
