// weights.h5 of a run that has ended or was stopped.
#pragma once
#include "results/run_folder.hpp"
#include "running/scheduler.hpp"

namespace pipeline::running {

/// The weights of each model that has not failed, as they are measured; where those are others than the trained ones, the
/// trained ones too. Throws std::runtime_error if the file cannot be written.
void write_final_weights(const results::RunFolder& folder, const experiment::Pipeline& pipeline,
                         const std::vector<ModelTask>& tasks);

}  // namespace pipeline::running
