// accuracy: the share of the samples that the network classifies correctly.
//
//   accuracy = (samples whose largest logit is that of their label) / samples
//
//   If several logits are equally large, the first counts.   0 to 1, higher is better.
//
// See also: confusion_matrix, calibration_error, output_margin.
#include "answers.hpp"

namespace {
using namespace pipeline;

class Accuracy final : public Metric {
  MetricInfo describe() const override { return {"share of the samples", Direction::higher}; }
  void prepare(Evaluation& e) const override { answers::Right::prepare(e); }
  void measure(const Evaluation& e, Results& out) const override { out.value(answers::Right::share(e)); }
};

}  // namespace

PIPELINE_METRIC(Accuracy, accuracy, "share of the samples that the network classifies correctly")
