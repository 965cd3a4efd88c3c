// The pipeline at one point of a sweep.
#pragma once
#include "experiment/axes.hpp"
#include "experiment/pipeline.hpp"

namespace pipeline::experiment {

/// `source` with the values of the point, without its [sweep]. Throws as read_pipeline(); what is wrong with the point is
/// said of it, at the place of the axis.
Pipeline pipeline_at(const std::filesystem::path& file, const config::Source& source, const Axes& axes,
                     const Point& point, plugins::Catalogue& catalogue);

}  // namespace pipeline::experiment
