// stable_rank: the number of directions along which a layer's weights act, with small ones counting little.
//
//   stable_rank of layer l = sum_i s_i^2 / s_1^2 = |W|_F^2 / |W|_2^2
//
//   W  [outputs x inputs]     s_1 >= s_2 >= ...  its singular values
//   1 to min(outputs, inputs); neither direction is better. 1 if all nodes have the same direction. NaN if all weights
//   of the layer are 0.
//
// Source: Rudelson & Vershynin 2007, J. ACM 54(4), 21 (there: numerical rank).
// See also: effective_rank, largest_singular_value, orthogonality.
#include "singular_values.hpp"

namespace {
using namespace pipeline;

class StableRank final : public Metric {
  MetricInfo describe() const override {
    return {.unit = "rank",
            .better = Direction::neither,
            .undefined = "NaN where all weights of the layer are 0",
            .looks = Looks::at_weights};
  }

  void measure(const Evaluation& e, Results& out) const override {
    for (std::size_t l = 1; l <= e.network().depth(); ++l) {
      const arma::vec& s = singular_values::of(e, l);
      out.layer(l, arma::accu(arma::square(s / s[0])));  // 0 / 0 is NaN
    }
  }
};

}  // namespace

PIPELINE_METRIC(StableRank, stable_rank, "effective number of directions in each layer's weights (squares)")
