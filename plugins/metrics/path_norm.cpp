// path_norm: the total weight of all paths from an input to an output.
//
//   path_norm = sqrt(sum over paths of the product of w^2 along the path)
//             = sqrt(1' V_L ... V_2 V_1 1),  V_l = W_l o W_l          a forward pass of ones through squared weights
//
//   W_l  [outputs x inputs] of layer l; computed in double; no path starts at a bias
//   >= 0, neither direction is better. Multiplying a unit's incoming weights and bias by a positive number and dividing
//   its outgoing weights by it does not change what a ReLU network computes. It does not change path_norm either,
//   unlike the length of the weights.
//
// Source: Neyshabur, Salakhutdinov & Srebro 2015, arXiv 1506.02617, phi_2; others report its square.
// See also: weight_norm, largest_singular_value.
#include <pipeline/metric.hpp>

namespace {
using namespace pipeline;

class PathNorm final : public Metric {
  MetricInfo describe() const override {
    return {.unit = "product of weights", .better = Direction::neither, .looks = Looks::at_weights};
  }

  void measure(const Evaluation& e, Results& out) const override {
    arma::vec path_sums(e.network().layer(1).inputs(), arma::fill::ones);
    for (const Layer& layer : e.network().layers)
      path_sums = arma::square(arma::conv_to<arma::mat>::from(layer.W)) * path_sums;
    out.value(std::sqrt(arma::accu(path_sums)));
  }
};

}  // namespace

PIPELINE_METRIC(PathNorm, path_norm, "total weight of all paths from input to output")
