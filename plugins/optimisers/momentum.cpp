// momentum: gradient descent along a decaying sum of past gradients.
//
//   v = momentum * v + g     w = w - rate * v          v = 0 at first
//
//   g  gradient of loss and penalties
//   A constant gradient leads to steps of rate / (1 - momentum) * g.   momentum = 0 is sgd.
//
// Source: Polyak 1964, USSR Comput. Math. Math. Phys. 4, 1-17; as PyTorch's SGD with dampening = 0. Textbooks often
// scale g by the rate inside v: under a schedule, past gradients then keep the rate of their own step.
// See also: nesterov, sgd.
#include <pipeline/optimiser.hpp>

namespace {
using namespace pipeline;

class Momentum final : public Optimiser {
  float momentum = 0.9f;
  LikeWeights sum;

  void declare(Parameters& p) override {
    p.number("momentum", momentum, at_least(0).below(1), "share of the sum that each step retains").neutral("0");
  }
  float default_rate() const override { return 0.01f; }
  void declare_state(State& state) override { state.like_weights("sum", sum, State::Start::zero); }

  void direction(std::span<const float>, std::span<float> g, const Tile& tile, const Step&) const override {
    const std::span<float> v = sum.at(tile);
    for (std::size_t i = 0; i < g.size(); ++i) g[i] = v[i] = momentum * v[i] + g[i];
  }
};

}  // namespace

PIPELINE_OPTIMISER(Momentum, momentum, "gradient descent with momentum (heavy ball)")
