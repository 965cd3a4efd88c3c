// l2: pulls every weight towards zero with a force proportional to the weight.
//
//   R(w)  = lambda / 2 * sum w^2        one number, >= 0, in units of the loss
//   dR/dw = lambda * w
//
//   w  every weight of the named layers; biases only if biases = yes.   lambda = 0 changes nothing.
//
// Mind the factor 1/2: PyTorch's weight_decay and TensorFlow's nn.l2_loss have it, Keras' regularizers.l2 does not.
// Source: Krogh & Hertz 1991, A simple weight decay can improve generalization, NIPS 4, 950-957.
// See also: weight_decay, elastic_net, l1.
#include <pipeline/regulariser.hpp>

namespace {
using namespace pipeline;

class L2 final : public Regulariser, public SquaredPenalty {
  float lambda = 5e-5f;

  void declare(Parameters& p) override {
    p.number("lambda", lambda, at_least(0), "strength of the penalty lambda / 2 * sum w^2").neutral("0");
  }

  float factor(const Step&) const override { return lambda; }
};

}  // namespace

PIPELINE_REGULARISER(L2, l2, "penalty lambda / 2 * sum of squared weights")
