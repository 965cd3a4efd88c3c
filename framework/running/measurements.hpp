// The measurements of a run, written as it goes.
#pragma once
#include "results/checkpoint.hpp"
#include "results/metrics_csv.hpp"
#include "results/nodes_h5.hpp"
#include "results/run_folder.hpp"
#include "results/summary_json.hpp"

namespace pipeline::running {

inline std::vector<MeasuredMetric> measured_metrics(const experiment::Pipeline& p) {
  std::vector<MeasuredMetric> out;
  out.reserve(p.metrics.size());
  for (const experiment::MetricConfig& m : p.metrics) out.push_back({m.name, m.plugin.name, m.info});
  return out;
}

struct Measurements {
  Measurements(const experiment::Pipeline& p, const results::RunFolder& folder,
               const std::vector<std::string>& class_names)
      : summary(measured_metrics(p)), metrics(folder.metrics_csv()), nodes(folder.nodes_h5(), class_names) {}
  /// Of an earlier run that had none yet.
  Measurements(const experiment::Pipeline& p, const results::RunFolder& folder,
               const std::vector<std::string>& class_names, base::AppendFile file)
      : summary(measured_metrics(p)), metrics(std::move(file)), nodes(folder.nodes_h5(), class_names) {
    nodes.continue_from({});
  }
  /// Those of an earlier run, up to a checkpoint.
  Measurements(const experiment::Pipeline& p, const results::RunFolder& folder,
               const std::vector<std::string>& class_names, base::AppendFile file, const results::Checkpoint& from)
      : summary(measured_metrics(p), from.summary),
        metrics(std::move(file), from.metrics),
        nodes(folder.nodes_h5(), class_names) {
    nodes.continue_from(from.nodes);
  }
  results::SummaryJson summary;
  results::MetricsWriter metrics;
  results::NodesWriter nodes;
};

}  // namespace pipeline::running
