// fitted_noise: the share of corrupted labels that the network has memorised.
//
//   fitted_noise = (marked samples for which the network predicts their given label) / marked samples
//
//   A wrapper of the dataset, such as label_noise, marks the samples whose label it corrupted; their given label is the
//   wrong one. The predicted class is chosen as in accuracy. 0 to 1, lower is better: a network that has learnt what
//   the samples of a class have in common predicts the true label. NaN if no sample is marked.
//
// Source: label memorisation as in Arpit et al. 2017, arXiv 1706.05394.
// See also: accuracy, generalisation_gap.
#include "answers.hpp"

namespace {
using namespace pipeline;

struct Marked final : Gatherer {
  double marked = 0, fitted = 0;
  void see(const Block& block) override {
    for (std::size_t n = 0; n < block.marked.size(); ++n) {
      if (!block.marked[n]) continue;
      ++marked;
      fitted += answers::predicted(block, n) == block.labels[n];
    }
  }
};

class FittedNoise final : public Metric {
  MetricInfo describe() const override {
    return {.unit = "share of the marked samples",
            .better = Direction::lower,
            .undefined = "NaN where no sample is marked",
            .on = "train"};
  }
  void prepare(Evaluation& e) const override { e.gather<Marked>(); }
  void measure(const Evaluation& e, Results& out) const override {
    const Marked& seen = e.gathered<Marked>();
    out.value(seen.fitted / seen.marked);  // 0 / 0 is NaN
  }
};

}  // namespace

PIPELINE_METRIC(FittedNoise, fitted_noise, "share of corrupted labels that the network has memorised")
