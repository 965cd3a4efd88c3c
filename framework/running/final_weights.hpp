// weights.h5 and predictions.h5 of a run that has ended or was stopped.
#pragma once
#include "results/run_folder.hpp"
#include "running/scheduler.hpp"

namespace pipeline::running {

/// The weights of each model that has not failed, as they are measured; where those are others than the trained ones, the
/// trained ones too; and what each model answers for the test samples. Throws std::runtime_error if the file cannot be written.
void write_final_weights(const results::RunFolder& folder, const experiment::Pipeline& pipeline, Scheduler& scheduler);

}  // namespace pipeline::running
