// The covariance of each hidden layer's activations, gathered once per measurement for all metrics that use it.
#pragma once
#include <pipeline/metric.hpp>

#include "centred_product.hpp"

namespace hidden_covariance {
using namespace pipeline;
using centred_product::CentredProduct;

struct Covariances final : Gatherer {
  static constexpr int shared_layout = 1;
  std::vector<CentredProduct> layers;
  arma::fmat room;
  explicit Covariances(std::size_t hidden_layers) : layers(hidden_layers) {}
  void see(const Block& block) override {
    for (std::size_t l = 0; l < layers.size(); ++l) {
      const arma::fmat& h = block.x(l + 2);  // the output of hidden layer l + 1
      layers[l].add(h, block, l + 2, centred_product::row_sums(h), room);
    }
  }
};

inline void prepare(Evaluation& e) { e.gather<Covariances>(e.network().depth() - 1); }

/// sum over the samples of (h - mean h) h' [units x units]. Exactly 0 where no unit varies: joining the blocks of
/// a constant leaves about 1e-16 of its square, and the smallest variation that float32 can represent 1e-15.
inline arma::mat scatter(const CentredProduct& product) {
  arma::mat whole = product.joined();
  double squared_means = 0;
  for (arma::uword b = 0; b < product.block_a.n_cols; ++b)
    squared_means += arma::dot(product.block_a.col(b), product.block_x.col(b));
  if (arma::trace(whole) <= 1e-15 * squared_means) whole.zeros();
  return whole;
}

struct Scatter {
  static constexpr int shared_layout = 1;
  arma::mat values;
};

inline const arma::mat& of(const Evaluation& e, std::size_t hidden_layer) {
  const std::size_t hidden_layers = e.network().depth() - 1;
  return e
      .share<Scatter>([&] { return Scatter{scatter(e.gathered<Covariances>(hidden_layers).layers[hidden_layer - 1])}; },
                      hidden_layer)
      .values;
}

}  // namespace hidden_covariance
