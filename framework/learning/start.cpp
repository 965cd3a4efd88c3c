#include "learning/start.hpp"

#include <pipeline/random.hpp>

namespace pipeline::learning {

namespace {

float truncated_normal(const Random& stream, std::uint64_t draw, double sd) {
  for (std::uint64_t attempt = 0;; ++attempt)
    if (const double z = stream.at_step(attempt).normal(draw); std::abs(z) <= 2) return static_cast<float>(sd * z);
}

}  // namespace

Network starting_network(const NetworkShape& shape, const StartingWeights& rule, std::uint64_t seed) {
  const Random start(seed, "start", "", "");
  Network network;
  for (std::size_t l = 1; l <= shape.layers(); ++l) {
    Layer layer;
    layer.W.set_size(shape.outputs(l), shape.inputs(l));
    const Random stream = start.in_layer(static_cast<std::uint32_t>(l));
    for (arma::uword i = 0; i < layer.W.n_elem; ++i) layer.W[i] = truncated_normal(stream, i, rule.sd);
    if (shape.has_bias(l)) layer.b.set_size(shape.outputs(l)), layer.b.fill(static_cast<float>(rule.biases));
    network.layers.push_back(std::move(layer));
  }
  return network;
}

}  // namespace pipeline::learning
