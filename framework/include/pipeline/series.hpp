// The rows of metrics.csv sorted by what was measured: one series of points for every metric, layer and model.
#pragma once
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <pipeline/results.hpp>

namespace pipeline {

struct Point {
  std::uint64_t step;
  double value;  // may be NaN
};
using Points = std::vector<Point>;  // in step order

/// One metric column of metrics.csv.
struct Column {
  std::string metric;            // "loss", "loss.penalty", "accuracy.train"
  std::string section;           // "loss", "accuracy": the metric up to its first dot
  std::string title;             // for people: "SNR optimality S", "loss, penalty"
  MetricInfo info;               // unit and direction are those of this column
  std::string split;             // which samples it was measured on; empty: none, or unknown
  std::set<std::size_t> layers;  // {0} for a value of the whole network
  bool main() const { return metric == section; }
};

/// The column of that name in this section, without layers. The one place that decides which direction is better.
PIPELINE_API Column column_of(const MeasuredMetric& section, const std::string& metric);
/// A name of a file in words: "signal_factor" as "signal factor".
PIPELINE_API std::string readable(std::string name);
/// Whether a is better than b; never where neither direction is, or where a is NaN.
PIPELINE_API bool is_better(Direction better, double a, double b);
/// "higher is better"; empty where neither is.
PIPELINE_API std::string direction_words(Direction better);

class PIPELINE_API Series {
 public:
  /// What was measured up to step `last`; the file may have later rows already.
  Series(const RunResults& results, std::uint64_t last);

  std::vector<Column> columns;  // sections in the order of the pipeline file

  const Points& of(const std::string& metric, std::size_t layer, const std::string& model) const;
  /// The same as a curve of training: without the last row of a model that went back to earlier weights, which were
  /// measured there but not trained until then. That row, if there is one, is `went_back`.
  struct Curve {
    Points points;
    std::optional<Point> went_back;
  };
  Curve curve(const std::string& metric, std::size_t layer, const std::string& model) const;
  /// When a model was last measured.
  std::optional<std::uint64_t> last_step(const std::string& model) const;

 private:
  std::map<std::string, std::map<std::size_t, std::map<std::string, Points>>> points_;
  std::map<std::string, std::uint64_t> last_step_;
  std::set<std::string> restored_;  // models
};

}  // namespace pipeline
