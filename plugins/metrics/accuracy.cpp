// accuracy: how often the network is right.
//
//   accuracy = (images whose largest logit is their label's) / images
//
//   Of several logits that are equally large the first counts.   0 to 1, higher is better.
#include "answers.hpp"

namespace {
using namespace pipeline;

class Accuracy final : public Metric {
  MetricInfo describe() const override { return {"share of the images", Direction::higher}; }
  void prepare(Evaluation& e) const override { answers::Right::prepare(e); }
  void measure(const Evaluation& e, Results& out) const override { out.value(answers::Right::share(e)); }
};

}  // namespace

PIPELINE_METRIC(Accuracy, accuracy, "share of the images that the network gets right")
