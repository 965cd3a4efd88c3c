// The covariance of each hidden layer's activations, gathered once per measurement for all metrics that use it.
#pragma once
#include <pipeline/metric.hpp>

#include "centred_product.hpp"

namespace hidden_covariance {
using namespace pipeline;
using centred_product::CentredProduct;

struct Covariances final : Gatherer {
  static constexpr int shared_layout = 2;
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

/// Removes what rounding leaves in the columns of units that are the same on every sample: their rows of `scatter`, of
/// the same units, are exactly 0.
inline void clear_constant_units(const arma::mat& scatter, arma::mat& columns) {
  for (arma::uword k = 0; k < scatter.n_rows; ++k)
    if (scatter.row(k).is_zero()) columns.col(k).zeros();
}

/// sum over the samples of (h - mean h) h' [units x units]: exactly 0 for units that are the same on every sample.
inline arma::mat scatter(const CentredProduct& product) {
  arma::mat whole = product.joined();
  clear_constant_units(whole, whole);
  return whole;
}

struct Scatter {
  static constexpr int shared_layout = 2;
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
