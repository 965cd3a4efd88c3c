// rmsprop: divides the gradient of every weight by the root of its running mean square.
//
//   v = alpha * v + (1 - alpha) * g^2     w = w - rate * g / (sqrt(v) + epsilon)          v = 0 at first
//
//   g  gradient of loss and penalties
//   v is not corrected for its start at 0: the first steps are up to 1 / sqrt(1 - alpha) times as long as later ones.
//
// Source: Tieleman & Hinton 2012, Coursera lecture 6.5; as PyTorch's RMSprop (epsilon outside the root; Keras's inside),
// but for the default rate, which is that of the lecture.
// See also: adam, adagrad.
#include <pipeline/optimiser.hpp>

#include <cmath>

namespace {
using namespace pipeline;

class RmsProp final : public Optimiser {
  double alpha = 0.99, epsilon = 1e-8;
  LikeWeights mean_square;

  void declare(Parameters& p) override {
    p.number("alpha", alpha, at_least(0).below(1), "share of the mean squared gradient that each step retains");
    p.number("epsilon", epsilon, at_least(1e-30), "added to the root, so that nothing is divided by 0");
  }
  float default_rate() const override { return 0.001f; }
  void declare_state(State& state) override { state.like_weights("mean_square", mean_square, State::Start::zero); }

  void direction(std::span<const float>, std::span<float> g, const Tile& tile, const Step&) const override {
    const std::span<float> v = mean_square.at(tile);
    const auto keep = static_cast<float>(alpha), add = static_cast<float>(1 - alpha);
    const auto small = static_cast<float>(epsilon);
    for (std::size_t i = 0; i < g.size(); ++i) {
      v[i] = keep * v[i] + add * g[i] * g[i];
      g[i] = g[i] / (std::sqrt(v[i]) + small);
    }
  }
};

}  // namespace

PIPELINE_OPTIMISER(RmsProp, rmsprop, "divides each gradient by the root of its running mean square")
