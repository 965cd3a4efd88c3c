// weight_norm: the length of a layer's weights, taken together as one vector.
//
//   weight_norm of layer l = |W|_F = sqrt(sum of W_kj^2)           biases not counted, summed in double
//
//   W  [outputs x inputs]     >= 0, neither direction is better: growing weights are part of learning.
//
// See also: path_norm, largest_singular_value, start_distance.
#include <pipeline/metric.hpp>

namespace {
using namespace pipeline;

class WeightNorm final : public Metric {
  MetricInfo describe() const override {
    return {.unit = "weight", .better = Direction::neither, .looks = Looks::at_weights};
  }

  void measure(const Evaluation& e, Results& out) const override {
    for (std::size_t l = 1; l <= e.network().depth(); ++l) {
      const arma::mat W = arma::conv_to<arma::mat>::from(e.network().layer(l).W);
      out.layer(l, arma::norm(W, "fro"));
    }
  }
};

}  // namespace

PIPELINE_METRIC(WeightNorm, weight_norm, "length of each layer's weights (Frobenius norm)")
