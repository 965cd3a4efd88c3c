// gaussian_dropout: makes each unit louder or softer at random while training, and never quite silent.
//
//   h' = h * (1 + sd * n),   sd = sqrt((1 - keep_prob) / keep_prob),   n standard normal
//   dh = dh' * (1 + sd * n)                                            the same n on the way back
//   measuring: h' = h
//
//   h  [units x batch], after ReLU: the hidden layers of `layers`, and the inputs where it names 0. n is drawn anew for
//   every unit, image and step. The factor has mean 1 and the variance of dropout's factor at the same keep_prob; it
//   is negative now and then (16 % of the time at keep_prob = .5).   keep_prob = 1 changes nothing.
//
// Source: Srivastava et al. 2014, JMLR 15, 1929-1958, section 10. Keras' GaussianDropout writes rate = 1 - keep_prob.
#include <pipeline/regulariser.hpp>

#include <cmath>

namespace {
using namespace pipeline;

class GaussianDropout final : public Regulariser, public ActivationScale {
  float keep_prob = 0.5f;

  void declare(Parameters& p) override {
    p.number("keep_prob", keep_prob, above(0).up_to(1), "dropout with this keep_prob has the same mean and variance")
        .neutral("1");
  }

  void scale(Activations h, const Step& step) const override {
    const double sd = std::sqrt((1 - double{keep_prob}) / keep_prob);
    const Random draws = step.random.in_layer(static_cast<std::uint32_t>(h.layer));
    draws.normals(0, h.values.n_elem, [&](std::size_t i, double n) { h.values[i] *= static_cast<float>(1 + sd * n); });
  }
};

}  // namespace

PIPELINE_REGULARISER(GaussianDropout, gaussian_dropout, "multiplies each unit by normal noise of mean 1 while training")
