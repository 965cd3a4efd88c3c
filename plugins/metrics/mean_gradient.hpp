// The gradient of the data term with respect to every weight and bias, summed over all samples in double.
#pragma once
#include <pipeline/metric.hpp>

#include "centred_product.hpp"

namespace mean_gradient {
using namespace pipeline;

struct GradientSum final : Gatherer {
  static constexpr int shared_layout = 1;
  std::vector<arma::mat> W;  // [outputs x inputs] of each layer
  std::vector<arma::vec> b;  // [outputs]; empty where the layer has no bias

  explicit GradientSum(std::vector<bool> biased) : W(biased.size()), b(biased.size()), biased_(std::move(biased)) {}

  void see(const Block& block) override {
    for (std::size_t l = 1; l <= W.size(); ++l) {
      const arma::fmat& dz = block.dz(l);
      block.add_times_inputs(dz, l, W[l - 1]);
      if (!biased_[l - 1]) continue;
      if (b[l - 1].is_empty()) b[l - 1].zeros(dz.n_rows);
      b[l - 1] += centred_product::row_sums(dz);
    }
  }

  /// Of the sum, not of the mean.
  double squared_length() const {
    double squares = 0;
    for (std::size_t l = 0; l < W.size(); ++l)
      squares += arma::accu(arma::square(W[l])) + arma::accu(arma::square(b[l]));
    return squares;
  }

 private:
  std::vector<bool> biased_;
};

/// Which layers have a bias.
inline std::vector<bool> biased(const Network& network) {
  std::vector<bool> out;
  out.reserve(network.layers.size());
  for (const Layer& layer : network.layers) out.push_back(!layer.b.is_empty());
  return out;
}

inline void prepare(Evaluation& e) { e.gather<GradientSum>(biased(e.network())); }
inline const GradientSum& sum(const Evaluation& e) { return e.gathered<GradientSum>(biased(e.network())); }

}  // namespace mean_gradient
