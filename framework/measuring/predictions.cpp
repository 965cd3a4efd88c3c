#include "measuring/predictions.hpp"

#include <algorithm>

namespace pipeline::measuring {

namespace {

struct Largest final : Gatherer {
  std::vector<std::uint16_t> classes;
  void see(const Block& block) override {
    for (std::size_t n = 0; n < block.size; ++n) {
      const float* z = block.logits().colptr(n);
      classes.push_back(static_cast<std::uint16_t>(std::max_element(z, z + block.logits().n_rows) - z));
    }
  }
};

/// A metric of the engine itself, so that predictions are computed like measurements.
class Predictions final : public Metric {
 public:
  explicit Predictions(std::vector<std::uint16_t>& target) : target_(target) {}
  MetricInfo describe() const override { return {}; }
  void prepare(Evaluation& e) const override { e.gather<Largest>(); }
  void measure(const Evaluation& e, Results&) const override { target_ = e.gathered<Largest>().classes; }

 private:
  std::vector<std::uint16_t>& target_;
};

}  // namespace

std::vector<std::uint16_t> predicted_classes(const Subject& subject, std::uint64_t step, const Splits& splits) {
  std::vector<std::uint16_t> classes;
  LiveMetric live;
  live.config.name = live.config.plugin.name = "predictions";
  live.metric = std::make_shared<Predictions>(classes);
  measure(subject, step, {&live}, splits);
  return classes;
}

}  // namespace pipeline::measuring
