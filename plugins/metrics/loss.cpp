// loss: the data term that training lowers and, separately, what the regularisers add to it.
//
//   loss         = mean over the samples of -ln p(label)        the data term alone, natural logarithm; with
//                  loss = squared_error, of the mean over the classes of (output - target)^2
//   loss.penalty = sum of the model's penalties at these weights, 0 if it has none
//
//   In nats, where 0 is perfect and ln K is guessing among K classes, or in squared error. Lower is better.
//   What training adds to the loss of a batch is loss.penalty if the penalties depend on weights alone, as those of l1
//   and l2 do. Penalties on a batch (activity_l1, confidence_penalty, snr) are computed here without dropout and noise,
//   over blocks of 500 samples, and averaged over the samples; with the labels as they are, also beside label_smoothing
//   and mixup.
//
// See also: accuracy, generalisation_gap, sharpness.
#include "answers.hpp"

namespace {
using namespace pipeline;

class Loss final : public Metric {
  MetricInfo describe() const override { return {unit_of_the_loss, Direction::lower}; }
  void prepare(Evaluation& e) const override { answers::Losses::prepare(e); }
  void measure(const Evaluation& e, Results& out) const override {
    out.value(answers::Losses::mean(e));
    out.value(e.penalty(), "penalty");
  }
};

}  // namespace

PIPELINE_METRIC(Loss, loss, "mean cross-entropy and, separately, the sum of the penalties")
