// weight_decay: shrinks every weight by a fixed share before each update, apart from the gradient.
//
//   w = (1 - rate * lambda) * w,   then   w = w - rate * gradient         the gradient is that of the weights before
//
//   w  every weight of the named layers; biases only where biases = yes.   lambda = 0 changes nothing.
//
// Under plain gradient descent this is l2 with the same lambda, up to rounding. It differs where something stands
// between gradient and update: power_gradient, gradient_clip or sam act on what l2 adds, but not on this.
// Source: Loshchilov & Hutter 2019, Decoupled weight decay regularization, ICLR; order and factor as PyTorch's AdamW.
#include <pipeline/regulariser.hpp>

namespace {
using namespace pipeline;

class WeightDecay final : public Regulariser, public BeforeUpdate {
  float lambda = 5e-5f;

  void declare(Parameters& p) override {
    p.number("lambda", lambda, at_least(0), "each update shrinks weights by rate * lambda").neutral("0");
  }

  void before_update(std::span<float> w, const Tile&, const Step& step) const override {
    const auto keep = static_cast<float>(1 - double{step.learning_rate} * lambda);
    for (float& x : w) x *= keep;
  }
};

}  // namespace

PIPELINE_REGULARISER(WeightDecay, weight_decay, "shrinks weights by rate * lambda, apart from the gradient")
