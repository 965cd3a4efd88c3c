// dropout: sets units to 0 at random while training, so that no unit relies on another.
//
//   h' = h * m * (1 / keep_prob),   m = 1 with probability keep_prob, else 0     drawn anew per unit, sample and step
//   dh = dh' * m * (1 / keep_prob)                                               the same m in the backward pass
//   when measuring: h' = h
//
//   h  [units x batch], after the activation: the hidden layers in `layers`, and the inputs if `layers` includes 0.
//   keep_prob = 1 changes nothing.
//
// Source: Srivastava et al. 2014, JMLR 15, 1929-1958 (inverted scaling, as TensorFlow's tf.nn.dropout).
// See also: gaussian_dropout, dropconnect.
#include <pipeline/regulariser.hpp>

namespace {
using namespace pipeline;

class Dropout final : public Regulariser, public ActivationScale {
  float keep_prob = 0.5f;

  void declare(Parameters& p) override {
    p.number("keep_prob", keep_prob, above(0).up_to(1), "probability that a unit is kept").neutral("1");
  }

  void scale(Activations h, const Step& step) const override {
    const Random draws = step.random.in_layer(static_cast<std::uint32_t>(h.layer));
    float* const value = h.values.memptr();
    // Rounded once, then multiplied, as in PyTorch: dividing each value takes five times as long.
    const float factor = 1 / keep_prob;
    draws.bernoulli(keep_prob, h.values.n_elem,
                    [=](std::size_t unit, bool kept) { value[unit] = kept ? value[unit] * factor : 0.0f; });
  }
};

}  // namespace

PIPELINE_REGULARISER(Dropout, dropout, "sets units to 0 at random while training")
