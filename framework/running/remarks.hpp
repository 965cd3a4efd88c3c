// What regularisers say about their training once it has ended.
#pragma once
#include "results/run_json.hpp"
#include "running/run.hpp"
#include "running/scheduler.hpp"

namespace pipeline::running {

/// Asks the regularisers of a model that has made its last update, and puts what they say into run.json and a warning.
/// A regulariser that fails is named in a warning; a model that has not ended is not asked.
void note_remarks(const ModelTask& task, results::RunJson& record, Observer& observer);

}  // namespace pipeline::running
