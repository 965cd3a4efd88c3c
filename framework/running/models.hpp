// Creates models and metrics from their configurations.
#pragma once
#include "experiment/pipeline.hpp"
#include "learning/model.hpp"
#include "measuring/evaluation.hpp"

namespace pipeline::running {

/// The entries of a model, each with a new object.
learning::Entries make_entries(const experiment::Pipeline& pipeline, const experiment::ModelConfig& model);

/// A model that starts from `start`. Throws learning::HookFailure if an entry declares state that it must not.
std::unique_ptr<learning::Model> make_model(const experiment::Pipeline& pipeline, const experiment::ModelConfig& model,
                                            const Network& start, const Data& data,
                                            kernels::Products products = kernels::Products());

/// The metric sections, each with a new object.
std::vector<measuring::LiveMetric> make_metrics(const experiment::Pipeline& pipeline);

}  // namespace pipeline::running
