// summary.json: the last and the best value of every metric, by model, metric and layer.
#pragma once
#include <filesystem>
#include <map>
#include <pipeline/series.hpp>
#include <string>

namespace pipeline::results {

class SummaryJson {
 public:
  struct LastAndBest {
    Point last, best;
    bool has_best = false;
  };
  /// By model, metric and layer.
  using Values = std::map<std::string, std::map<std::string, std::map<std::size_t, LastAndBest>>>;

  explicit SummaryJson(std::vector<MeasuredMetric> metrics, Values values = {})
      : metrics_(std::move(metrics)), values_(std::move(values)) {}
  void add(const Row& row);
  void write(const std::filesystem::path& file) const;

  const Values& values() const { return values_; }

 private:
  Direction better(const std::string& metric);

  std::vector<MeasuredMetric> metrics_;
  std::map<std::string, Direction> directions_;  // by metric
  Values values_;
};

}  // namespace pipeline::results
