// summary.json: the last and the best value of every metric, by model, metric and layer.
#pragma once
#include <filesystem>
#include <map>
#include <pipeline/series.hpp>
#include <string>

namespace pipeline::results {

class SummaryJson {
 public:
  explicit SummaryJson(std::vector<MeasuredMetric> metrics) : metrics_(std::move(metrics)) {}
  void add(const Row& row);
  void write(const std::filesystem::path& file) const;

 private:
  struct Values {
    Point last, best;
    bool has_best = false;
  };
  Direction better(const std::string& metric);

  std::vector<MeasuredMetric> metrics_;
  std::map<std::string, Direction> directions_;                                         // by metric
  std::map<std::string, std::map<std::string, std::map<std::size_t, Values>>> values_;  // by model, metric, layer
};

}  // namespace pipeline::results
