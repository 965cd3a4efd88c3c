// path_norm: how much weight lies on all paths from an input to an output.
//
//   path_norm = sqrt(sum over paths of the product of w^2 along the path)
//             = sqrt(1' V_L ... V_2 V_1 1),  V_l = W_l o W_l          a forward pass of ones through squared weights
//
//   W_l  [outputs x inputs] of layer l; in double; biases begin no path   >= 0, neither direction is better.
//   Unlike the weights' length it stays as it is when a unit's inputs are multiplied and its outputs divided by one
//   number, which changes nothing of what a ReLU network computes.
//
// Source: Neyshabur, Salakhutdinov & Srebro 2015, arXiv 1506.02617, phi_2; others report its square.
#include <pipeline/metric.hpp>

namespace {
using namespace pipeline;

class PathNorm final : public Metric {
  MetricInfo describe() const override {
    return {.unit = "product of weights", .better = Direction::neither, .looks = Looks::at_weights};
  }

  void measure(const Evaluation& e, Results& out) const override {
    arma::vec ones_on_their_way(e.network().layer(1).inputs(), arma::fill::ones);
    for (const Layer& layer : e.network().layers)
      ones_on_their_way = arma::square(arma::conv_to<arma::mat>::from(layer.W)) * ones_on_their_way;
    out.value(std::sqrt(arma::accu(ones_on_their_way)));
  }
};

}  // namespace

PIPELINE_METRIC(PathNorm, path_norm, "weight along all paths from input to output")
