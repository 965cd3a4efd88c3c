// nesterov: momentum whose gradient counts once more, as if it were taken where the momentum leads.
//
//   v = momentum * v + g     w = w - rate * (g + momentum * v)          v = 0 at first
//
//   g  gradient of loss and penalties
//   momentum = 0 is sgd.
//
// Source: Nesterov 1983, Soviet Math. Dokl. 27, 372-376, in the form of Sutskever et al. 2013, ICML; as PyTorch's SGD
// with nesterov = True.
// See also: momentum, sgd.
#include <pipeline/optimiser.hpp>

namespace {
using namespace pipeline;

class Nesterov final : public Optimiser {
  float momentum = 0.9f;
  LikeWeights sum;

  void declare(Parameters& p) override {
    p.number("momentum", momentum, at_least(0).below(1), "share of the sum that each step retains").neutral("0");
  }
  float default_rate() const override { return 0.01f; }
  void declare_state(State& state) override { state.like_weights("sum", sum, State::Start::zero); }

  void direction(std::span<const float>, std::span<float> g, const Tile& tile, const Step&) const override {
    const std::span<float> v = sum.at(tile);
    for (std::size_t i = 0; i < g.size(); ++i) {
      v[i] = momentum * v[i] + g[i];
      g[i] = g[i] + momentum * v[i];
    }
  }
};

}  // namespace

PIPELINE_OPTIMISER(Nesterov, nesterov, "gradient descent with Nesterov's momentum")
