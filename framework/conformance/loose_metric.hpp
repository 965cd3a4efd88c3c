// Metrics of the laws' own: for regularisers that watch one, and for runs that reports look at.
#pragma once
#include "study/description.hpp"

namespace pipeline::conformance {

/// The share of samples whose largest logit is their label's; the same, with the length of each layer's weights, one
/// number a node and a matrix, so that a report finds everything that a run can hold.
study::MetricSection share_right(const std::string& section);
study::MetricSection lengths(const std::string& section);

/// What a regulariser needs to watch: one number with a direction, measured often, on the validation samples.
study::MetricSection watched_section(const std::string& section);

}  // namespace pipeline::conformance
