// Adam's two running means, which adam and adamw share.
#pragma once
#include <cmath>

#include <pipeline/optimiser.hpp>

namespace pipeline {

class Moments {
 public:
  void declare(Parameters& p) {
    p.number("beta1", beta1_, at_least(0).below(1), "share of the mean gradient that each step retains");
    p.number("beta2", beta2_, at_least(0).below(1), "share of the mean squared gradient that each step retains");
    p.number("epsilon", epsilon_, at_least(1e-30), "added to the root, so that nothing is divided by 0");
  }
  void declare_state(State& state) {
    state.like_weights("mean", mean_, State::Start::zero);
    state.like_weights("mean_square", mean_square_, State::Start::zero);
  }

  /// g = m' / (sqrt(v') + epsilon), with m' and v' corrected for their start at 0.
  void direction(std::span<float> g, const Tile& tile, const Step& step) const {
    const std::span<float> m = mean_.at(tile), v = mean_square_.at(tile);
    const auto keep1 = static_cast<float>(beta1_), add1 = static_cast<float>(1 - beta1_);
    const auto keep2 = static_cast<float>(beta2_), add2 = static_cast<float>(1 - beta2_);
    const double updates = static_cast<double>(step.number) + 1;
    const auto correct1 = static_cast<float>(1 / (1 - std::pow(beta1_, updates)));
    const auto correct2 = static_cast<float>(1 / (1 - std::pow(beta2_, updates)));
    const auto epsilon = static_cast<float>(epsilon_);
    for (std::size_t i = 0; i < g.size(); ++i) {
      m[i] = keep1 * m[i] + add1 * g[i];
      v[i] = keep2 * v[i] + add2 * g[i] * g[i];
      g[i] = correct1 * m[i] / (std::sqrt(correct2 * v[i]) + epsilon);
    }
  }

 private:
  double beta1_ = 0.9, beta2_ = 0.999, epsilon_ = 1e-8;
  LikeWeights mean_, mean_square_;
};

}  // namespace pipeline
