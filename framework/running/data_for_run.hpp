// What every run does before any work, and `pipeline check --data` alone: the data is loaded, and the pipeline is
// checked against it.
#pragma once
#include <functional>

#include "running/load_data.hpp"

namespace pipeline::running {

/// As load_data; also throws config::PipelineTextError where network, batches or plugins do not fit the data. `warn`
/// receives what is probably wrong with the data, even if it throws afterwards.
LoadedData load_for_run(const experiment::Pipeline& pipeline, std::size_t threads, const data::FetchOptions& fetch,
                        const std::function<void(const std::string&)>& warn);

}  // namespace pipeline::running
