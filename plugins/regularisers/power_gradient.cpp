// power_gradient: evens out the gradient, element by element.
//
//   g' = sign(g) * |g|^power          0 where g = 0
//
//   g  the gradient of loss and penalties for each weight and bias of the named layers (biases where biases = yes).
//   power < 1 lifts small elements against large ones; power = 1 changes nothing. The step's length changes with it:
//   a model with another power wants its own learning_rate.
// Source: Norridge 2022, arXiv 2207.12505.
#include <pipeline/regulariser.hpp>

#include <cmath>

namespace {
using namespace pipeline;

class PowerGradient final : public Regulariser, public GradientChange {
  float power = 0.8f;

  void declare(Parameters& p) override {
    p.number("power", power, above(0).up_to(2), "exponent of each element's size").neutral("1");
  }

  void change(std::span<const float>, std::span<float> g, const Tile&, const Step&) const override {
    for (float& x : g) x = std::copysign(std::pow(std::abs(x), power), x);
  }
};

}  // namespace

PIPELINE_REGULARISER(PowerGradient, power_gradient, "raises the size of each gradient element to a power")
