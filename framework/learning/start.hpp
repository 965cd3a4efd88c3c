// The untrained network that every model starts from.
#pragma once
#include <cstdint>
#include <pipeline/network.hpp>

namespace pipeline::learning {

struct StartingWeights {
  double sd = 0.1;      // weights: normal with this standard deviation, redrawn beyond 2 sd
  double biases = 0.1;  // every bias
};

/// A function of shape, rule and seed alone. Weight (k, j) of layer l uses draw j * outputs + k of
/// Random(seed, "start", "", "").in_layer(l); attempt a after a draw beyond 2 sd is the same draw at_step(a).
Network starting_network(const NetworkShape& shape, const StartingWeights& rule, std::uint64_t seed);

}  // namespace pipeline::learning
