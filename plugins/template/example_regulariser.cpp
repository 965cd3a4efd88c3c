// example_regulariser: penalises the sum of absolute weights, which pulls every weight towards zero with equal force.
//
//   R(w)  = strength * sum |w|            a single value >= 0, in units of the loss
//   dR/dw = strength * sign(w)            0 where w = 0
//
//   Sums over every weight of the chosen layers; biases are included only with biases = yes. strength = 0 changes
//   nothing. The hooks are called once for each tile, the weights that leave one input or the biases of a layer, and R is
//   the sum over the tiles. A penalty that couples weights of different inputs derives from LayerPenalty instead.
//
// Source: Tibshirani 1996, J. R. Statist. Soc. B 58, 267-288 (the lasso).
#include <pipeline/regulariser.hpp>

#include <cmath>

namespace {
using namespace pipeline;

class ExampleRegulariser final : public Regulariser, public WeightPenalty {
  float strength = 1e-5f;

  void declare(Parameters& p) override {
    p.number("strength", strength, at_least(0), "strength of the penalty strength * sum |w|").neutral("0");
  }

  double value(std::span<const float> w, const Tile&, const Step&) const override {
    double sum = 0;
    for (const float x : w) sum += std::abs(x);
    return strength * sum;
  }
  void add_gradient(std::span<const float> w, std::span<float> g, const Tile&, const Step&) const override {
    for (std::size_t i = 0; i < w.size(); ++i) g[i] += strength * static_cast<float>((w[i] > 0) - (w[i] < 0));
  }
};

}  // namespace

PIPELINE_REGULARISER(ExampleRegulariser, example_regulariser, "penalty strength * sum of absolute weights")
