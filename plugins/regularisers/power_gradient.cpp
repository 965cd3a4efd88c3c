// power_gradient: evens out the gradient by raising the size of each element to a power.
//
//   g' = sign(g) * |g|^power          0 where g = 0
//
//   g  the gradient of loss and penalties for each weight and bias of the named layers (biases only if biases = yes)
//   power < 1 raises small elements relative to large ones; power = 1 changes nothing. The length of the step changes
//   too: a model with another power needs its own learning_rate.
//
// Source: Norridge 2022, arXiv 2207.12505.
// See also: gradient_clip, gradient_noise.
#include <pipeline/regulariser.hpp>

#include <pipeline/vectors.hpp>

namespace {
using namespace pipeline;

class PowerGradient final : public Regulariser, public GradientChange {
  float power = 0.8f;

  void declare(Parameters& p) override {
    p.number("power", power, above(0).up_to(2), "exponent of the size of each gradient element").neutral("1");
  }

  void change(std::span<const float>, std::span<float> g, const Tile&, const Step&) const override {
    raise_sizes(g, power);
  }
};

}  // namespace

PIPELINE_REGULARISER(PowerGradient, power_gradient, "raises the size of each gradient element to a power")
