// Whether a pipeline can fit into memory at all, reckoned before any work.
#pragma once
#include "experiment/pipeline.hpp"

namespace pipeline::experiment {

/// Complains if the networks, with the data where its shape is known, need more memory than this process can ever have.
/// Counted is what every run holds at once when it starts, so that nothing is refused that would fit:
///   4 bytes for each weight and bias of each model, of the control network and of the weights that all start from
///   4 bytes for each unit of one batch
///   1 byte for each value of the training and test samples
void check_memory(const Pipeline& pipeline, const std::optional<DataShape>& data, config::Complaints& complaints);

}  // namespace pipeline::experiment
