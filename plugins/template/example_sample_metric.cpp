// example_sample_metric: the mean probability that the network gives to the right class.
//
//   example_sample_metric = mean over the samples of exp(z_label) / sum over classes k of exp(z_k)
//
//   z  the logits of a sample      0 to 1, higher is better
#include <cmath>
#include <pipeline/metric.hpp>

namespace {
using namespace pipeline;

/// Sees every block of samples. What a measurement gathers is kept here, never in the metric: several models are measured
/// at once.
struct RightProbabilities final : Gatherer {
  double sum = 0;
  void see(const Block& block) override {
    for (std::size_t n = 0; n < block.size; ++n) {
      const auto z = arma::conv_to<arma::vec>::from(block.logits().col(n));
      sum += std::exp(z(block.labels[n]) - z.max()) / arma::accu(arma::exp(z - z.max()));
    }
  }
};

class ExampleSampleMetric final : public Metric {
  MetricInfo describe() const override {
    return {.unit = "probability", .better = Direction::higher, .looks = Looks::at_samples};
  }
  void prepare(Evaluation& e) const override { e.gather<RightProbabilities>(); }

  void measure(const Evaluation& e, Results& out) const override {
    out.value(e.gathered<RightProbabilities>().sum / static_cast<double>(e.samples()));
  }
};

}  // namespace

PIPELINE_METRIC(ExampleSampleMetric, example_sample_metric, "mean probability that the right class is given")
