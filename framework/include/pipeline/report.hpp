// A report turns the results of a run into something to read or look at, while it runs and when it ends.
//
//   may assume   the run folder's files are complete up to `step`; parameters are set and checked
//   must do      write only below its own names in the run folder
//   must not     print: lines to show are returned; fail the run: an exception becomes a warning
#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <pipeline/metric.hpp>
#include <pipeline/parameters.hpp>
#include <pipeline/plugin.hpp>

namespace pipeline {

/// One row of metrics.csv. layer 0: the whole network (an empty field in the file).
struct Row {
  std::uint64_t step = 0;
  std::string model, metric;
  std::size_t layer = 0;
  double value = 0;
};

/// One [metric:...] section of the run, as the file has them in order.
struct MeasuredMetric {
  std::string section, plugin;
  MetricInfo info;
};

/// A run's results, readable at any time: while it runs, and long after.
class PIPELINE_API RunResults {
 public:
  /// Reads run.json and metrics.csv of a run folder. Throws std::runtime_error naming the file and what is wrong.
  explicit RunResults(std::filesystem::path folder);

  std::filesystem::path folder;
  std::string pipeline;             // the pipeline's name
  std::uint64_t steps = 0;          // updates in the whole run
  std::vector<std::string> models;  // as in the file; "control" is not among them
  std::vector<MeasuredMetric> metrics;
  std::vector<Row> rows;                        // in file order
  std::map<std::string, std::string> failures;  // model: what ended it before the others, as far as is known

  /// What nodes.h5 holds at /<model>/<section>/<name>, the newest measurement; empty if it holds none.
  arma::mat newest(const std::string& model, const std::string& section, const std::string& name) const;
};

/// Why a report is called now.
struct Occasion {
  std::uint64_t step = 0;  // rows up to this step are there
  bool final = false;      // the last call, after all training
};

class PIPELINE_API Report {
 public:
  virtual ~Report() = default;
  virtual void declare(Parameters&) {}
  /// Writes its files and returns lines to print. A warning is a line that begins "warning: ".
  virtual std::vector<std::string> write(const RunResults& results, const Occasion& occasion) const = 0;
};

}  // namespace pipeline

#define PIPELINE_REPORT(CLASS, NAME, SUMMARY) PIPELINE_EXPORT(report, pipeline::Report, CLASS, NAME, SUMMARY)
