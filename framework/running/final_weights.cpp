#include "running/final_weights.hpp"

#include <algorithm>

#include "results/predictions_h5.hpp"
#include "results/weights_h5.hpp"

namespace pipeline::running {

namespace {

/// What is computed from the weights besides W x + b: the activations of the hidden layers, the loss, and <entry>.plugin
/// and <entry>.<parameter> of the entries whose arrays weights.h5 contains.
std::vector<std::pair<std::string, std::string>> parameters_of(const experiment::Pipeline& p, const ModelTask& task) {
  std::string activations;
  for (std::size_t l = 1; l < p.network.layers(); ++l)
    activations += (l > 1 ? ", " : "") + std::string(name_of(p.network.activation(l)));
  std::vector<std::pair<std::string, std::string>> out = {{"activations", activations},
                                                          {"loss", name_of(p.network.loss)}};
  for (const experiment::ModelConfig& model : p.models)
    for (const experiment::EntryConfig& e : model.regularisers) {
      const bool has_arrays = std::ranges::any_of(task.model->states().all(), [&](const auto& array) {
        return array.second.owner->name == e.name && results::is_written(array.second);
      });
      if (model.name != task.name || !has_arrays) continue;
      out.emplace_back(e.name + ".plugin", e.plugin.name);
      for (const auto& [name, value] : e.plugin.values) out.emplace_back(e.name + "." + name, value);
    }
  return out;
}

}  // namespace

void write_final_weights(const results::RunFolder& folder, const experiment::Pipeline& p, Scheduler& scheduler) {
  std::vector<results::WeightsGroup> groups;
  std::vector<std::unique_ptr<Network>> measured;
  results::Predictions predictions;
  const auto labels = scheduler.test().labels();
  predictions.labels.assign(labels.begin(), labels.end());
  for (const ModelTask& task : scheduler.tasks()) {
    if (!task.failure.empty()) continue;
    try {
      predictions.by_model[task.name] = scheduler.predictions(task);
    } catch (const learning::Diverged&) {
      // It answers nothing.
    }
    const std::string group = results::weights_group(task.name);
    const auto parameters = parameters_of(p, task);
    if (task.model->measures_other_weights()) {
      measured.push_back(std::make_unique<Network>(task.model->measured_network(task.steps)));
      groups.push_back({group, measured.back().get(), &task.model->states(), parameters});
      groups.push_back({group + "/training", &task.model->network(), &task.model->states()});
    } else {
      groups.push_back({group, &task.model->network(), &task.model->states(), parameters});
    }
  }
  results::write_weights(folder.weights_h5(), groups);
  results::write_predictions(folder.predictions_h5(), predictions);
}

}  // namespace pipeline::running
