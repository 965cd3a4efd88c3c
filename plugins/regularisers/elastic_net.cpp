// elastic_net: mixes l1 and l2, so that small weights vanish and weights that do the same work shrink together.
//
//   R(w)  = alpha * (l1_ratio * sum |w| + (1 - l1_ratio) / 2 * sum w^2)        one number, >= 0, in units of the loss
//   dR/dw = alpha * (l1_ratio * sign(w) + (1 - l1_ratio) * w)                  sign(0) = 0
//
//   w  every weight of the named layers; biases only if biases = yes.   alpha = 0 changes nothing.
//
// Only the penalty is that of scikit-learn (ElasticNet, SGDClassifier): scikit-learn's ElasticNet also halves the
// squared error, and reaches exact zeros by coordinate descent, which gradient descent does not.
// Source: Zou & Hastie 2005, J. R. Statist. Soc. B 67, 301-320 (they rescale the solution; scikit-learn does not).
// See also: l1, l2, group_lasso.
#include <pipeline/regulariser.hpp>

#include <cmath>

namespace {
using namespace pipeline;

class ElasticNet final : public Regulariser, public WeightPenalty {
  float alpha = 1e-5f, l1_ratio = 0.5f;

  void declare(Parameters& p) override {
    p.number("alpha", alpha, at_least(0), "strength of the whole penalty").neutral("0");
    p.number("l1_ratio", l1_ratio, at_least(0).up_to(1),
             "share of sum |w| in the penalty; the rest is the share of sum w^2 / 2");
  }

  double value(std::span<const float> w, const Tile&, const Step&) const override {
    double sum = 0;
    for (const float x : w) sum += l1_ratio * std::abs(double{x}) + (1 - double{l1_ratio}) / 2 * x * x;
    return alpha * sum;
  }
  void add_gradient(std::span<const float> w, std::span<float> g, const Tile&, const Step&) const override {
    const float one = alpha * l1_ratio, two = alpha * (1 - l1_ratio);
    for (std::size_t i = 0; i < w.size(); ++i) g[i] += one * static_cast<float>((w[i] > 0) - (w[i] < 0)) + two * w[i];
  }
};

}  // namespace

PIPELINE_REGULARISER(ElasticNet, elastic_net, "penalty alpha * (l1_ratio * sum |w| + (1 - l1_ratio) / 2 * sum w^2)")
