// l1: pulls every weight towards zero with the same force, so that small ones vanish.
//
//   R(w)  = lambda * sum |w|              one number, >= 0, in units of the loss
//   form = subgradient:  dR/dw = lambda * sign(w)                   0 where w = 0; weights oscillate around zero
//   form = proximal:     no gradient; after each update             exact zeros
//                        w = sign(w) * max(|w| - rate * lambda, 0)
//
//   w  every weight of the named layers; biases only if biases = yes.   lambda = 0 changes nothing.
//
// Source: Tibshirani 1996, J. R. Statist. Soc. B 58, 267-288; proximal: Duchi & Singer 2009, JMLR 10, 2899-2934.
// See also: l2, elastic_net, group_lasso.
#include <pipeline/regulariser.hpp>

#include <algorithm>
#include <cmath>

namespace {
using namespace pipeline;

class L1 final : public Regulariser, public WeightPenalty, public AfterUpdate {
  float lambda = 1e-5f;
  std::string form = "subgradient";

  void declare(Parameters& p) override {
    p.number("lambda", lambda, at_least(0), "strength of the penalty lambda * sum |w|").neutral("0");
    p.choice("form", form, {"subgradient", "proximal"}, "by gradient, or by soft thresholding after the update");
  }

  double value(std::span<const float> w, const Tile&, const Step&) const override {
    double sum = 0;
    for (const float x : w) sum += std::abs(x);
    return lambda * sum;
  }
  void add_gradient(std::span<const float> w, std::span<float> g, const Tile&, const Step&) const override {
    if (form != "subgradient") return;
    for (std::size_t i = 0; i < w.size(); ++i) g[i] += lambda * static_cast<float>((w[i] > 0) - (w[i] < 0));
  }
  void after_update(std::span<float> w, const Tile&, const Step& step) const override {
    if (form != "proximal") return;
    const float threshold = step.learning_rate * lambda * step.strength;
    for (float& x : w) x = std::copysign(std::max(std::abs(x) - threshold, 0.0f), x);
  }
};

}  // namespace

PIPELINE_REGULARISER(L1, l1, "penalty lambda * sum |w|, by gradient or by soft thresholding")
