// gaussian_dropout: scales each unit by a random factor of mean 1 while training, instead of setting some units to 0.
//
//   h' = h * (1 + sd * n),   sd = sqrt((1 - keep_prob) / keep_prob),   n standard normal
//   dh = dh' * (1 + sd * n)                                            the same n in the backward pass
//   when measuring: h' = h
//
//   h  [units x batch], after the activation: the hidden layers in `layers`, and the inputs if `layers` includes 0.
//   n  drawn anew for every unit, sample and step
//   The factor has mean 1 and the variance of dropout's factor at the same keep_prob. It can be negative (16 % of the
//   time at keep_prob = .5).   keep_prob = 1 changes nothing.
//
// Source: Srivastava et al. 2014, JMLR 15, 1929-1958, section 10. Keras' GaussianDropout uses rate = 1 - keep_prob.
// See also: dropout, gaussian_noise.
#include <pipeline/regulariser.hpp>

#include <cmath>

namespace {
using namespace pipeline;

class GaussianDropout final : public Regulariser, public ActivationScale {
  float keep_prob = 0.5f;

  void declare(Parameters& p) override {
    p.number("keep_prob", keep_prob, above(0).up_to(1),
             "keep_prob of the dropout whose factor has the same mean and variance")
        .neutral("1");
  }

  void scale(Activations h, const Step& step) const override {
    const auto sd = static_cast<float>(std::sqrt((1 - double{keep_prob}) / keep_prob));
    const Random draws = step.random.in_layer(static_cast<std::uint32_t>(h.layer));
    draws.normals(0, h.values.n_elem,
                  [value = h.values.memptr(), sd](std::size_t i, float n) { value[i] *= 1 + sd * n; });
  }
};

}  // namespace

PIPELINE_REGULARISER(GaussianDropout, gaussian_dropout, "multiplies each unit by normal noise of mean 1 while training")
