// dropconnect: sets weights to 0 at random while training, so that no node relies on a single connection.
//
//   W' = W * M / keep_prob,   M = 1 with probability keep_prob, else 0     drawn anew for every weight and step
//   dW = dW' * M / keep_prob                                               the same M in the backward pass
//   when measuring: W' = W
//
//   W  [outputs x inputs] of the named layers; biases likewise if biases = yes.   keep_prob = 1 changes nothing.
//
// All samples of a batch share one M. Wan et al. draw one M per sample, do not divide the weights, and sample when
// measuring.
// Source: Wan et al. 2013, Regularization of neural networks using DropConnect, ICML, PMLR 28(3), 1058-1066.
// See also: dropout, weight_noise.
#include <pipeline/regulariser.hpp>

namespace {
using namespace pipeline;

class DropConnect final : public Regulariser, public WeightChange {
  float keep_prob = 0.5f;

  void declare(Parameters& p) override {
    p.number("keep_prob", keep_prob, above(0).up_to(1), "probability that a connection is kept").neutral("1");
  }

  void forward(Layer& copy, std::size_t layer, const Step& step) const override { cut(copy, layer, step); }
  void backward(Layer& gradient, std::size_t layer, const Step& step) const override { cut(gradient, layer, step); }

  void cut(Layer& l, std::size_t layer, const Step& step) const {
    const Random draws = step.random.in_layer(static_cast<std::uint32_t>(layer));
    draws.bernoulli(keep_prob, l.W.n_elem + l.b.n_elem, [&](std::size_t i, bool kept) {
      float& x = i < l.W.n_elem ? l.W[i] : l.b[i - l.W.n_elem];
      x = kept ? x / keep_prob : 0.0f;
    });
  }
};

}  // namespace

PIPELINE_REGULARISER(DropConnect, dropconnect, "sets weights to 0 at random while training")
