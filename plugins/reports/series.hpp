// The rows of metrics.csv sorted by what was measured: one series of points for every metric, layer and model.
#pragma once
#include <algorithm>
#include <map>
#include <optional>
#include <pipeline/report.hpp>
#include <set>
#include <utility>

namespace pipeline::reports {

struct Point {
  std::uint64_t step;
  double value;  // may be NaN
};
using Points = std::vector<Point>;  // in step order

/// One metric column of metrics.csv.
struct Column {
  std::string metric;            // "loss", "loss.penalty", "accuracy.train"
  std::string section;           // "loss", "accuracy": the metric up to its first dot
  MetricInfo info;               // `better` is neither where the section's direction does not speak of this column
  std::string split;             // which samples it was measured on; empty: none, or unknown
  std::set<std::size_t> layers;  // {0} for a value of the whole network
  bool main() const { return metric == section; }
};

class Series {
 public:
  /// What was measured up to `last`; later rows may be in the file already.
  Series(const RunResults& results, std::uint64_t last) {
    for (const Row& row : results.rows)
      if (row.step <= last) {
        points_[row.metric][row.layer][row.model].push_back({row.step, row.value});
        last_step_[row.model] = row.step;
      }
    for (const MeasuredMetric& measured : results.metrics)
      for (const auto& [metric, layers] : points_) {  // sorted: "loss" comes before "loss.penalty"
        const std::string section = metric.substr(0, metric.find('.'));
        if (section != measured.section) continue;
        const std::string name = metric.substr(section.size());
        Column column{metric, section, measured.info, split_of(name, measured.info.on), {}};
        if (!speaks_of(measured.info, name)) {  // a quantity of its own, perhaps not of any samples: a penalty
          column.info.better = Direction::neither;
          column.split.clear();
        }
        for (const auto& [layer, models] : layers) column.layers.insert(layer);
        columns.push_back(std::move(column));
      }
  }

  std::vector<Column> columns;  // sections in the order of the pipeline file

  const Points& of(const std::string& metric, std::size_t layer, const std::string& model) const {
    static const Points none;
    const auto m = points_.find(metric);
    if (m == points_.end()) return none;
    const auto l = m->second.find(layer);
    if (l == m->second.end()) return none;
    const auto found = l->second.find(model);
    return found == l->second.end() ? none : found->second;
  }

  /// When a model was last measured.
  std::optional<std::uint64_t> last_step(const std::string& model) const {
    const auto found = last_step_.find(model);
    return found == last_step_.end() ? std::nullopt : std::optional(found->second);
  }

 private:
  static bool on_train(const std::string& name) { return name == ".train" || name.starts_with(".train."); }

  /// Whether a metric's direction speaks of its column `name` ("", ".penalty", ".train.penalty"): of the metric itself on
  /// any split, and of the named values that it says.
  static bool speaks_of(const MetricInfo& info, const std::string& name) {
    const std::string value = on_train(name) ? name.substr(std::string(".train").size()) : name;
    return value.empty() || std::ranges::find(info.better_for, value.substr(1)) != info.better_for.end();
  }
  static std::string split_of(const std::string& name, const std::string& on) {
    return on.empty() ? "" : on_train(name) || on == "train" ? "training" : on == "validation" ? on : "test";
  }
  std::map<std::string, std::map<std::size_t, std::map<std::string, Points>>> points_;
  std::map<std::string, std::uint64_t> last_step_;
};

/// "higher is better"; empty where neither is.
inline std::string direction_words(Direction better) {
  return better == Direction::neither ? "" : better == Direction::higher ? "higher is better" : "lower is better";
}

}  // namespace pipeline::reports
