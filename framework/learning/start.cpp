#include "learning/start.hpp"

#include <cmath>
#include <pipeline/random.hpp>
#include <stdexcept>

namespace pipeline::learning {

namespace {

float truncated_normal(const Random& stream, std::uint64_t draw, double sd) {
  for (std::uint64_t attempt = 0;; ++attempt)
    if (const double z = stream.at_step(attempt).normal(draw); std::abs(z) <= 2) return static_cast<float>(sd * z);
}

/// Fills W [outputs x inputs] with of(draw).
template <class F>
void fill(arma::fmat& W, const F& of) {
  for (arma::uword i = 0; i < W.n_elem; ++i) W[i] = static_cast<float>(of(i));
}

/// Signs as in Mezzadri 2007, Notices of the AMS 54: with them every orthogonal matrix is as probable as another.
void orthogonal(arma::fmat& W, const Random& stream, double scale) {
  arma::mat draws(W.n_rows, W.n_cols), Q, R;
  for (arma::uword i = 0; i < draws.n_elem; ++i) draws[i] = stream.normal(i);
  const bool wide = W.n_cols > W.n_rows;
  if (wide) arma::inplace_trans(draws);
  if (!arma::qr_econ(Q, R, draws)) throw std::runtime_error("the QR decomposition of the starting weights failed");
  for (arma::uword c = 0; c < Q.n_cols; ++c)
    if (R(c, c) < 0) Q.col(c) *= -1;
  if (wide) arma::inplace_trans(Q);
  fill(W, [&](arma::uword i) { return scale * Q[i]; });
}

void draw(arma::fmat& W, const Random& stream, const StartingWeights& rule) {
  using Rule = StartingWeights::Rule;
  const auto outputs = static_cast<double>(W.n_rows), inputs = static_cast<double>(W.n_cols);
  switch (rule.rule) {
    case Rule::truncated_normal:
      return fill(W, [&](arma::uword i) { return truncated_normal(stream, i, rule.sd); });
    case Rule::he: {
      const double sd = rule.scale * std::sqrt(2 / inputs);
      return fill(W, [&](arma::uword i) { return sd * stream.normal(i); });
    }
    case Rule::glorot: {
      const double limit = rule.scale * std::sqrt(6 / (inputs + outputs));
      return fill(W, [&](arma::uword i) { return limit * (2 * stream.uniform(i) - 1); });
    }
    case Rule::orthogonal:
      return orthogonal(W, stream, rule.scale);
    case Rule::zero:
      W.zeros();
      return;
  }
  throw std::logic_error("unknown rule of starting weights");
}

}  // namespace

Network starting_network(const NetworkShape& shape, const StartingWeights& rule, std::uint64_t seed) {
  const Random start(seed, "start", "", "");
  Network network;
  for (std::size_t l = 1; l <= shape.layers(); ++l) {
    Layer layer;
    layer.W.set_size(shape.outputs(l), shape.inputs(l));
    draw(layer.W, start.in_layer(static_cast<std::uint32_t>(l)), rule);
    if (shape.has_bias(l)) layer.b.set_size(shape.outputs(l)), layer.b.fill(static_cast<float>(rule.biases));
    network.layers.push_back(std::move(layer));
  }
  return network;
}

}  // namespace pipeline::learning
