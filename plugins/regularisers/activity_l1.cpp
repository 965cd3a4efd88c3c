// activity_l1: penalises the sum of absolute activations, so that each unit is active on few samples only.
//
//   R(h)  = lambda / batch * sum |h|        one number, >= 0, in units of the loss; summed over the hidden layers
//   dR/dh = lambda / batch * sign(h)        0 where h = 0: a unit at 0 stays there
//
//   h  [units x batch], the outputs of the hidden layers in `layers`.   lambda = 0 changes nothing.
//
// The penalty is summed over units but averaged over samples, so that lambda means the same for any batch size. This is
// what Keras documents for activity_regularizer (some of its releases forgot to divide).
// Source: Glorot, Bordes & Bengio 2011, Deep sparse rectifier neural networks, AISTATS.
// See also: l1, activation_rate, sparsity.
#include <pipeline/regulariser.hpp>

#include <cmath>

namespace {
using namespace pipeline;

class ActivityL1 final : public Regulariser, public ActivationPenalty {
  float lambda = 1e-5f;

  void declare(Parameters& p) override {
    p.number("lambda", lambda, at_least(0), "strength of the penalty lambda * sum |h|, mean over samples").neutral("0");
  }

  double value(const PenalisedUnits& units, const Step&) const override {
    const arma::fmat& h = units.h;
    double sum = 0;
    for (const float x : h) sum += std::abs(x);
    return double{lambda} / static_cast<double>(h.n_cols) * sum;
  }
  void add_gradient(const PenalisedUnits& units, arma::fmat& gradient, const Step&) const override {
    const arma::fmat& h = units.h;
    const float slope = lambda / static_cast<float>(h.n_cols);
    for (arma::uword i = 0; i < h.n_elem; ++i) gradient[i] += slope * static_cast<float>((h[i] > 0) - (h[i] < 0));
  }
};

}  // namespace

PIPELINE_REGULARISER(ActivityL1, activity_l1, "penalty lambda * sum of absolute activations, mean over samples")
