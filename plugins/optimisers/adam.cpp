// adam: every weight has a step size of its own, from the running mean and mean square of its gradient.
//
//   m = beta1 * m + (1 - beta1) * g        v = beta2 * v + (1 - beta2) * g^2          m = v = 0 at first
//   m' = m / (1 - beta1^t)                 v' = v / (1 - beta2^t)                     t: updates so far, this one included
//   w = w - rate * m' / (sqrt(v') + epsilon)
//
//   g  gradient of loss and penalties
//   The first step is rate * sign(g) for every g well above epsilon. A gradient of 0 throughout changes nothing.
//
// A penalty (l2) is part of g, so the root divides its pull too; the decay of weight_decay and adamw is not divided.
// Source: Kingma & Ba 2015, ICLR, algorithm 1; as PyTorch's Adam with weight_decay = 0. m = adam.mean and
// v = adam.mean_square in checkpoints.
// See also: adamw, rmsprop, momentum.
#include "moments.hpp"

namespace {
using namespace pipeline;

class Adam final : public Optimiser {
  Moments moments;

  void declare(Parameters& p) override { moments.declare(p); }
  float default_rate() const override { return 0.001f; }
  void declare_state(State& state) override { moments.declare_state(state); }
  void direction(std::span<const float>, std::span<float> g, const Tile& tile, const Step& step) const override {
    moments.direction(g, tile, step);
  }
};

}  // namespace

PIPELINE_OPTIMISER(Adam, adam, "a step size for every weight, from mean and mean square of its gradient")
