// example_metric: the largest absolute weight of each layer.
//
//   example_metric of layer l = max over (k, j) of |W_kj|            >= 0; neither direction is better
#include <pipeline/metric.hpp>

namespace {
using namespace pipeline;

class ExampleMetric final : public Metric {
  MetricInfo describe() const override {
    return {.unit = "weight", .better = Direction::neither, .looks = Looks::at_weights};
  }

  void measure(const Evaluation& e, Results& out) const override {
    for (std::size_t l = 1; l <= e.network().depth(); ++l) out.layer(l, arma::abs(e.network().layer(l).W).max());
  }
};

}  // namespace

PIPELINE_METRIC(ExampleMetric, example_metric, "largest absolute weight of each layer")
