// The network's answers, shared by several metrics: the predicted class, how often it is right, and the loss.
#pragma once
#include <algorithm>
#include <pipeline/metric.hpp>

namespace answers {
using namespace pipeline;

/// The class with the largest logit; the first if several are equally large.
inline std::size_t predicted(const Block& block, std::size_t sample) {
  const float* z = block.logits().colptr(sample);
  return static_cast<std::size_t>(std::max_element(z, z + block.logits().n_rows) - z);
}

struct Right final : Gatherer {
  static constexpr int shared_layout = 1;
  std::size_t images = 0, right = 0;
  void see(const Block& block) override {
    for (std::size_t n = 0; n < block.size; ++n) right += predicted(block, n) == block.labels[n];
    images += block.size;
  }
  static void prepare(Evaluation& e) { e.gather<Right>(); }
  static double share(const Evaluation& e) {
    const Right& seen = e.gathered<Right>();
    return static_cast<double>(seen.right) / static_cast<double>(seen.images);
  }
};

struct Losses final : Gatherer {
  static constexpr int shared_layout = 1;
  double sum = 0;
  void see(const Block& block) override {
    for (const double loss : block.losses()) sum += loss;
  }
  static void prepare(Evaluation& e) { e.gather<Losses>(); }
  static double mean(const Evaluation& e) { return e.gathered<Losses>().sum / static_cast<double>(e.samples()); }
};

}  // namespace answers
