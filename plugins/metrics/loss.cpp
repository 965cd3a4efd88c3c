// loss: what training lowers, without and with what the regularisers add.
//
//   loss         = mean over the images of -ln p(label)         the data term alone, natural logarithm
//   loss.penalty = sum of the model's penalties at these weights, 0 if it has none
//
//   In nats; 0 is perfect, ln K is guessing among K classes. Lower is better.
#include "answers.hpp"

namespace {
using namespace pipeline;

class Loss final : public Metric {
  MetricInfo describe() const override { return {"nats", Direction::lower}; }
  void prepare(Evaluation& e) const override { answers::Losses::prepare(e); }
  void measure(const Evaluation& e, Results& out) const override {
    out.value(answers::Losses::mean(e));
    out.value(e.penalty(), "penalty");
  }
};

}  // namespace

PIPELINE_METRIC(Loss, loss, "mean cross-entropy, and beside it what penalties add")
