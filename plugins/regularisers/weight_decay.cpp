// weight_decay: shrinks every weight by a fixed share before each update, separately from the gradient.
//
//   w = (1 - rate * lambda) * w,   then   w = w - rate * gradient         gradient: at the weights before the decay
//
//   w  every weight of the named layers; biases only if biases = yes.   lambda = 0 changes nothing.
//
// Under plain gradient descent this equals l2 with the same lambda, up to rounding. It differs where the gradient is
// changed before the update: power_gradient, gradient_clip and sam act on what l2 adds, but not on this decay.
// Source: Loshchilov & Hutter 2019, Decoupled weight decay regularization, ICLR; order and factor as PyTorch's AdamW.
// See also: l2, weight_norm.
#include <pipeline/regulariser.hpp>

namespace {
using namespace pipeline;

class WeightDecay final : public Regulariser, public BeforeUpdate {
  float lambda = 5e-5f;

  void declare(Parameters& p) override {
    p.number("lambda", lambda, at_least(0), "each update shrinks the weights by the share rate * lambda").neutral("0");
  }

  void before_update(std::span<float> w, const Tile&, const Step& step) const override {
    const auto keep = static_cast<float>(1 - double{step.learning_rate} * lambda);
    for (float& x : w) x *= keep;
  }
};

}  // namespace

PIPELINE_REGULARISER(WeightDecay, weight_decay, "shrinks weights by rate * lambda, separately from the gradient")
