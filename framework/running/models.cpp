#include "running/models.hpp"

namespace pipeline::running {

learning::Entries make_entries(const experiment::Pipeline& p, const experiment::ModelConfig& model) {
  learning::Entries entries;
  for (const experiment::EntryConfig& e : model.regularisers) {
    entries.emplace_back(e.name, e.plugin.make(), e.scope, p.seed, model.name, e.plugin.make, e.plugin.name);
    entries.back().strength = e.strength;
  }
  return entries;
}

std::unique_ptr<learning::Model> make_model(const experiment::Pipeline& p, const experiment::ModelConfig& model,
                                            const Network& start, const Data& data, kernels::Products products) {
  std::optional<learning::LiveOptimiser> optimiser;
  if (model.optimiser.make) optimiser.emplace(model.optimiser.name, model.optimiser.make, p.seed, model.name);
  return std::make_unique<learning::Model>(model.name, start, make_entries(p, model),
                                           learning::LearningRate(model.learning_rate, model.schedule), data.image,
                                           data.classes, products, std::move(optimiser), p.network);
}

std::vector<measuring::LiveMetric> make_metrics(const experiment::Pipeline& p) {
  std::vector<measuring::LiveMetric> metrics;
  metrics.reserve(p.metrics.size());
  for (const experiment::MetricConfig& m : p.metrics) metrics.push_back({m, m.plugin.make()});
  return metrics;
}

}  // namespace pipeline::running
