// fitted_noise: how many of the spoiled labels the network has learnt by heart.
//
//   fitted_noise = (marked images for which the network predicts the label they were given) / marked images
//
//   A data set's wrapper marks the images whose label it spoiled: the given label is the wrong one. 0 to 1, lower is
//   better: a network that learnt what is common to a class predicts the true one. Which class is predicted as in
//   accuracy. Where no image is marked there is no share (NaN).
//
// Source: label memorisation as in Arpit et al. 2017, arXiv 1706.05394.
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
    return {.unit = "share of the marked images",
            .better = Direction::lower,
            .edge = "NaN where no image is marked",
            .on = "train"};
  }
  void prepare(Evaluation& e) const override { e.gather<Marked>("marked images"); }
  void measure(const Evaluation& e, Results& out) const override {
    const Marked& seen = e.gathered<Marked>("marked images");
    out.value(seen.fitted / seen.marked);  // 0 / 0 is NaN
  }
};

}  // namespace

PIPELINE_METRIC(FittedNoise, fitted_noise, "share of spoiled labels that the network has learnt")
