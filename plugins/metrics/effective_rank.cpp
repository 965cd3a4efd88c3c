// effective_rank: the number of directions along which a layer's weights act, from the entropy of its singular values.
//
//   effective_rank of layer l = exp(-sum_i p_i ln p_i),   p_i = s_i / sum of s           0 ln 0 = 0
//
//   W  [outputs x inputs]     s  its singular values, not their squares
//   1 to min(outputs, inputs), which is reached if all s are equal; neither direction is better. NaN if all weights of
//   the layer are 0.
//
// Source: Roy & Vetterli 2007, EUSIPCO, 606-610. Others compute p from s^2, which yields smaller values.
// See also: stable_rank, largest_singular_value, participation_ratio.
#include <cmath>

#include "singular_values.hpp"

namespace {
using namespace pipeline;

class EffectiveRank final : public Metric {
  MetricInfo describe() const override {
    return {.unit = "rank",
            .better = Direction::neither,
            .undefined = "NaN where all weights of the layer are 0",
            .looks = Looks::at_weights};
  }

  void measure(const Evaluation& e, Results& out) const override {
    for (std::size_t l = 1; l <= e.network().depth(); ++l) {
      const arma::vec p = singular_values::of(e, l) / arma::accu(singular_values::of(e, l));  // 0 / 0 is NaN
      double entropy = 0;
      for (const double share : p) entropy -= share == 0 ? 0 : share * std::log(share);
      out.layer(l, std::exp(entropy));
    }
  }
};

}  // namespace

PIPELINE_METRIC(EffectiveRank, effective_rank, "effective number of directions in each layer's weights (entropy)")
