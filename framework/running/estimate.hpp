// How long a run will take.
#pragma once
#include "running/scheduler.hpp"

namespace pipeline::running {

/// An estimate in seconds, from a few steps of a model without regularisers and a block or two of each measurement.
double estimate_seconds(const experiment::Pipeline& pipeline, const Data& data, const Scheduler& scheduler,
                        std::size_t threads);

}  // namespace pipeline::running
