// loss: what training lowers, without and with what the regularisers add.
//
//   loss         = mean over the images of -ln p(label)         the data term alone, natural logarithm
//   loss.penalty = sum of the model's penalties at these weights, 0 if it has none
//
//   In nats; 0 is perfect, ln K is guessing among K classes. Lower is better.
#include <pipeline/metric.hpp>

namespace {
using namespace pipeline;

struct Losses final : Gatherer {
  double sum = 0;
  void see(const Block& block) override {
    for (const double loss : block.losses()) sum += loss;
  }
};

class Loss final : public Metric {
  MetricInfo describe() const override { return {"nats", Direction::lower}; }
  void prepare(Evaluation& e) const override { e.gather<Losses>("sum of losses"); }
  void measure(const Evaluation& e, Results& out) const override {
    out.value(e.gathered<Losses>("sum of losses").sum / static_cast<double>(e.samples()));
    out.value(e.penalty(), "penalty");
  }
};

}  // namespace

PIPELINE_METRIC(Loss, loss, "mean cross-entropy, and beside it what penalties add")
