// example_optimiser: gradient descent along a decaying sum of past gradients.
//
//   v = retained * v + g     w = w - rate * v          v = 0 at first
//
//   g  gradient of loss and penalties.   retained = 0 is plain gradient descent.
//
// Source: Polyak 1964, USSR Comput. Math. Math. Phys. 4, 1-17.
#include <pipeline/optimiser.hpp>

namespace {
using namespace pipeline;

class ExampleOptimiser final : public Optimiser {
  float retained = 0.9f;
  LikeWeights sum;

  void declare(Parameters& p) override {
    p.number("retained", retained, at_least(0).below(1), "share of the sum that each step retains").neutral("0");
  }
  float default_rate() const override { return 0.01f; }
  void declare_state(State& state) override { state.like_weights("sum", sum, State::Start::zero); }

  void direction(std::span<const float>, std::span<float> g, const Tile& tile, const Step&) const override {
    const std::span<float> v = sum.at(tile);
    for (std::size_t i = 0; i < g.size(); ++i) g[i] = v[i] = retained * v[i] + g[i];
  }
};

}  // namespace

PIPELINE_OPTIMISER(ExampleOptimiser, example_optimiser, "gradient descent along a decaying sum of gradients")
