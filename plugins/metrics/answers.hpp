// What several metrics say of the network's answers: which class it predicts, how often that is right, what it loses.
#pragma once
#include <algorithm>
#include <pipeline/metric.hpp>

namespace answers {
using namespace pipeline;

/// The class with the largest logit; of several that are equally large, the first.
inline std::size_t predicted(const Block& block, std::size_t sample) {
  const float* z = block.logits().colptr(sample);
  return static_cast<std::size_t>(std::max_element(z, z + block.logits().n_rows) - z);
}

struct Right final : Gatherer {
  std::size_t images = 0, right = 0;
  void see(const Block& block) override {
    for (std::size_t n = 0; n < block.size; ++n) right += predicted(block, n) == block.labels[n];
    images += block.size;
  }
  static void prepare(Evaluation& e) { e.gather<Right>("right answers"); }
  static double share(const Evaluation& e) {
    const Right& seen = e.gathered<Right>("right answers");
    return static_cast<double>(seen.right) / static_cast<double>(seen.images);
  }
};

struct Losses final : Gatherer {
  double sum = 0;
  void see(const Block& block) override {
    for (const double loss : block.losses()) sum += loss;
  }
  static void prepare(Evaluation& e) { e.gather<Losses>("sum of losses"); }
  static double mean(const Evaluation& e) {
    return e.gathered<Losses>("sum of losses").sum / static_cast<double>(e.samples());
  }
};

}  // namespace answers
