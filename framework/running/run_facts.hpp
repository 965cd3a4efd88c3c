// What run.json says of a run that its pipeline does not contain.
#pragma once
#include "results/run_json.hpp"
#include "running/load_data.hpp"
#include "running/run.hpp"

namespace pipeline::running {

results::RunFacts facts_of(const experiment::Pipeline& p, const plugins::Catalogue& catalogue,
                           const RunOptions& options, const LoadedData& loaded);

}  // namespace pipeline::running
