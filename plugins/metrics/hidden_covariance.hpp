// The covariance of each hidden layer's activations, gathered once a measurement for all who use it.
#pragma once
#include <pipeline/metric.hpp>

#include "centred_product.hpp"

namespace hidden_covariance {
using namespace pipeline;
using centred_product::CentredProduct;

struct Covariances final : Gatherer {
  std::vector<CentredProduct> layers;
  arma::fmat room;
  explicit Covariances(std::size_t hidden_layers) : layers(hidden_layers) {}
  void see(const Block& block) override {
    for (std::size_t l = 0; l < layers.size(); ++l) {
      const arma::fmat& h = block.x(l + 2);  // what hidden layer l + 1 hands to the next
      layers[l].add(h, block, l + 2, centred_product::row_sums(h), room);
    }
  }
};

inline void prepare(Evaluation& e) { e.gather<Covariances>("hidden covariances", e.network().depth() - 1); }

/// sum over the samples of (h - mean h) h' [units x units]. Exactly 0 where no unit varies: joining the blocks of
/// a constant leaves some 1e-16 of its square, the least variation that float32 can show 1e-15.
inline arma::mat scatter(const CentredProduct& product) {
  arma::mat whole = product.joined();
  double squared_means = 0;
  for (arma::uword b = 0; b < product.block_a.n_cols; ++b)
    squared_means += arma::dot(product.block_a.col(b), product.block_x.col(b));
  if (arma::trace(whole) <= 1e-15 * squared_means) whole.zeros();
  return whole;
}

inline const arma::mat& of(const Evaluation& e, std::size_t hidden_layer) {
  return e.share("hidden scatter of layer " + std::to_string(hidden_layer),
                 [&] { return scatter(e.gathered<Covariances>("hidden covariances").layers[hidden_layer - 1]); });
}

}  // namespace hidden_covariance
