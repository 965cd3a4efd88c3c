// lion: steps of equal size for every weight, in the direction of a running mean of its gradient.
//
//   w = w - rate * sign(beta1 * m + (1 - beta1) * g)     m = beta2 * m + (1 - beta2) * g          m = 0 at first
//
//   g        gradient of loss and penalties
//   sign(0)  0: a gradient of 0 throughout changes nothing
//
// The paper's decay of the weights is the regulariser weight_decay, with biases = yes and lambda as in the paper.
// Source: Chen et al. 2023, Symbolic discovery of optimization algorithms, NeurIPS, algorithm 2.
// See also: adamw, momentum.
#include <pipeline/optimiser.hpp>

namespace {
using namespace pipeline;

class Lion final : public Optimiser {
  double beta1 = 0.9, beta2 = 0.99;
  LikeWeights mean;

  void declare(Parameters& p) override {
    p.number("beta1", beta1, at_least(0).below(1), "share of the mean gradient in the direction");
    p.number("beta2", beta2, at_least(0).below(1), "share of the mean gradient that each step retains");
  }
  float default_rate() const override { return 1e-4f; }
  void declare_state(State& state) override { state.like_weights("mean", mean, State::Start::zero); }

  void direction(std::span<const float>, std::span<float> g, const Tile& tile, const Step&) const override {
    const std::span<float> m = mean.at(tile);
    const auto keep1 = static_cast<float>(beta1), add1 = static_cast<float>(1 - beta1);
    const auto keep2 = static_cast<float>(beta2), add2 = static_cast<float>(1 - beta2);
    for (std::size_t i = 0; i < g.size(); ++i) {
      const float u = keep1 * m[i] + add1 * g[i];
      m[i] = keep2 * m[i] + add2 * g[i];
      g[i] = static_cast<float>((u > 0) - (u < 0));
    }
  }
};

}  // namespace

PIPELINE_OPTIMISER(Lion, lion, "steps of equal size by the sign of a running mean")
