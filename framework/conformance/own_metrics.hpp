// Metrics that the laws define themselves: for regularisers that watch one, and for runs that reports are tried on.
#pragma once
#include "experiment/pipeline.hpp"

namespace pipeline::conformance {

/// The share of samples whose largest logit is that of their label.
experiment::MetricConfig share_right(const std::string& section);
/// The length of each layer's weights, with a vector over nodes and a matrix, so that a run has every type of result.
experiment::MetricConfig lengths(const std::string& section);

/// A section that a regulariser can watch: one number with a direction, measured often, on the validation samples.
experiment::MetricConfig watched_section(const std::string& section);

}  // namespace pipeline::conformance
