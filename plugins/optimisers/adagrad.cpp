// adagrad: divides the gradient of every weight by the root of the sum of its squares so far.
//
//   s = s + g^2     w = w - rate * g / (sqrt(s) + epsilon)          s = 0 at first
//
//   g  gradient of loss and penalties
//   The steps become shorter without a schedule: with gradients of equal size, as 1 / sqrt(updates).
//
// Source: Duchi, Hazan & Singer 2011, J. Mach. Learn. Res. 12, 2121-2159; as PyTorch's Adagrad.
// See also: rmsprop, adam.
#include <pipeline/optimiser.hpp>

#include <cmath>

namespace {
using namespace pipeline;

class AdaGrad final : public Optimiser {
  double epsilon = 1e-10;
  LikeWeights sum;

  void declare(Parameters& p) override {
    p.number("epsilon", epsilon, at_least(1e-30), "added to the root, so that nothing is divided by 0");
  }
  float default_rate() const override { return 0.01f; }
  void declare_state(State& state) override { state.like_weights("sum", sum, State::Start::zero); }

  void direction(std::span<const float>, std::span<float> g, const Tile& tile, const Step&) const override {
    const std::span<float> s = sum.at(tile);
    const auto small = static_cast<float>(epsilon);
    for (std::size_t i = 0; i < g.size(); ++i) {
      s[i] += g[i] * g[i];
      g[i] = g[i] / (std::sqrt(s[i]) + small);
    }
  }
};

}  // namespace

PIPELINE_OPTIMISER(AdaGrad, adagrad, "divides each gradient by the root of the sum of its squares")
