// The shape of data, as a dataset declares it before any work and as it is once loaded: both must pass the same checks.
#pragma once
#include <pipeline/dataset.hpp>

#include "config/complaint.hpp"
#include "experiment/pipeline.hpp"

namespace pipeline::experiment {

/// "600 + 200 samples of 784 features (28 x 28 x 1) in 10 classes"; with 50 validation samples "550 + 50 + 200 samples".
std::string description(const DataShape& shape);

/// Throws std::runtime_error if its parts contradict each other: "has images of 3 x 3 x 1 pixels but 4 features".
void check_shape(const DataShape& shape);

/// Moves the pipeline's validation samples out of `train`. Complains, and moves none, if they leave nothing of it.
void set_aside_validation(const Pipeline& p, DataShape& shape, config::Complaints& complaints);

}  // namespace pipeline::experiment
