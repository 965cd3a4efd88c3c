// start_distance: how far a layer's weights have moved from where they started.
//
//   start_distance of layer l = |W - W0|_F             W0 the weights before the first update; biases not counted
//
//   W  [outputs x inputs]     >= 0, and 0 before the first update; neither direction is better.
//   If a model is measured with other weights than it trains, W are the measured ones.
//
// Source: the distance from initialisation of Nagarajan & Kolter 2019, arXiv 1901.01672, layer by layer.
// See also: weight_norm, linear_cka, weight_average.
#include <pipeline/metric.hpp>

namespace {
using namespace pipeline;

class StartDistance final : public Metric {
  MetricInfo describe() const override {
    return {.unit = "weight", .better = Direction::neither, .looks = Looks::at_weights};
  }

  void measure(const Evaluation& e, Results& out) const override {
    for (std::size_t l = 1; l <= e.network().depth(); ++l) {
      const arma::mat W = arma::conv_to<arma::mat>::from(e.network().layer(l).W);
      out.layer(l, arma::norm(W - e.start().layer(l).W, "fro"));
    }
  }
};

}  // namespace

PIPELINE_METRIC(StartDistance, start_distance, "distance of each layer's weights from their start")
