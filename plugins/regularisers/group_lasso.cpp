// group_lasso: pulls all weights that leave an input towards zero together, so that whole inputs are switched off.
//
//   R(W)  = lambda * sqrt(m) * sum_j |w_j|              one number, >= 0, in units of the loss
//   form = subgradient:  dR/dw_j = lambda * sqrt(m) * w_j / |w_j|         0 where w_j = 0; hardly ever exact zeros
//   form = proximal:     no gradient; after each update                   exact zeros, a whole w_j at a time
//                        w_j = w_j * max(1 - rate * lambda * sqrt(m) / |w_j|, 0)
//
//   W  [m outputs x inputs]     w_j  column j: every weight that leaves input j     |.|  Euclidean length
//   Biases only if biases = yes: a layer's biases form one group, like the weights of one more input.
//   lambda = 0 changes nothing.
//
// Source: Yuan & Lin 2006, J. R. Statist. Soc. B 68, 49-67 (sqrt of the group's size);
// groups of outgoing weights: Scardapane et al. 2017, Neurocomputing 241, 81-89.
// See also: l1, elastic_net.
#include <pipeline/regulariser.hpp>

#include <algorithm>
#include <cmath>
#include <pipeline/vectors.hpp>

namespace {
using namespace pipeline;

class GroupLasso final : public Regulariser, public WeightPenalty, public AfterUpdate {
  float lambda = 1e-5f;
  std::string form = "subgradient";

  void declare(Parameters& p) override {
    p.number("lambda", lambda, at_least(0), "strength of the penalty lambda * sqrt(m) * sum |w_j|").neutral("0");
    p.choice("form", form, {"subgradient", "proximal"}, "by gradient, or by shrinking whole groups after the update");
  }

  /// A tile is a group: all weights that leave one input.
  static double length(std::span<const float> w) { return std::sqrt(sum_of_squares(w)); }
  double strength(std::span<const float> w) const { return lambda * std::sqrt(static_cast<double>(w.size())); }

  double value(std::span<const float> w, const Tile&, const Step&) const override { return strength(w) * length(w); }
  void add_gradient(std::span<const float> w, std::span<float> g, const Tile&, const Step&) const override {
    if (form != "subgradient") return;
    const double l = length(w), scale = strength(w) / l;
    for (std::size_t i = 0; l > 0 && i < w.size(); ++i) g[i] += static_cast<float>(scale * w[i]);
  }
  void after_update(std::span<float> w, const Tile&, const Step& step) const override {
    if (form != "proximal") return;
    const double l = length(w);
    if (l == 0) return;
    const auto scale = static_cast<float>(std::max(1 - step.learning_rate * step.strength * strength(w) / l, 0.0));
    for (float& x : w) x *= scale;
  }
};

}  // namespace

PIPELINE_REGULARISER(GroupLasso, group_lasso, "penalty on the length of each input's outgoing weights")
