// accuracy: how often the network is right.
//
//   accuracy = (images whose largest logit is their label's) / images
//
//   Of several logits that are equally large the first counts.   0 to 1, higher is better.
#include <pipeline/metric.hpp>

#include <algorithm>

namespace {
using namespace pipeline;

struct Right final : Gatherer {
  std::size_t images = 0, right = 0;
  void see(const Block& block) override {
    for (std::size_t n = 0; n < block.size; ++n) {
      const float* z = block.logits().colptr(n);
      right += std::max_element(z, z + block.logits().n_rows) - z == block.labels[n];
    }
    images += block.size;
  }
};

class Accuracy final : public Metric {
  MetricInfo describe() const override { return {"share of the images", Direction::higher}; }
  void prepare(Evaluation& e) const override { e.gather<Right>("right answers"); }
  void measure(const Evaluation& e, Results& out) const override {
    const Right& seen = e.gathered<Right>("right answers");
    out.value(static_cast<double>(seen.right) / static_cast<double>(seen.images));
  }
};

}  // namespace

PIPELINE_METRIC(Accuracy, accuracy, "share of the images that the network gets right")
