// summary.json: the last and the best value of every metric, by model, metric and layer. Where the last value is of
// weights that the model went back to, their step is beside it.
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
  /// The rows of a model from step `stop` on are of its weights of step `restored`.
  void went_back(const std::string& model, std::uint64_t stop, std::uint64_t restored) {
    went_back_[model] = {stop, restored};
  }
  void write(const std::filesystem::path& file) const;

  const Values& values() const { return values_; }

 private:
  struct WentBack {
    std::uint64_t stop, restored;
  };
  Direction better(const std::string& metric);

  std::vector<MeasuredMetric> metrics_;
  std::map<std::string, Direction> directions_;  // by metric
  std::map<std::string, WentBack> went_back_;    // by model
  Values values_;
};

}  // namespace pipeline::results
