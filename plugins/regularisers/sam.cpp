// sam: computes the gradient at the nearby weights with the highest loss, so that training prefers flat minima.
//
//   w_ahead = w + rho * g / |g|,   then   w = w - rate * (gradient at w_ahead)        w_ahead = w where g = 0
//
//   g  the gradient of loss and penalties at w, all layers and biases as one vector     |.|  Euclidean length
//   Both gradients use the same batch and the same random draws. A step takes twice as long.   rho = 0 changes nothing.
//   With batch_norm, the running mean and variance are those of the pass at w, as in the authors' code.
//   `layers` and `biases` do not apply.
//
// Source: Foret et al. 2021, Sharpness-aware minimization, ICLR, equation 2 with p = 2. No epsilon in |g|.
// See also: sharpness, weight_noise.
#include <pipeline/regulariser.hpp>

#include <cmath>

namespace {
using namespace pipeline;

class Sam final : public Regulariser, public LookAhead {
  float rho = 0.05f;

  void declare(Parameters& p) override {
    p.number("rho", rho, at_least(0), "distance from the weights to the point where the gradient is computed")
        .unit("units of the weights")
        .neutral("0");
  }

  void displace(Network& weights, const Network& gradient, const Step&) const override {
    double squares = 0;
    for (const Layer& l : gradient.layers) {
      for (const float x : l.W) squares += double{x} * x;
      for (const float x : l.b) squares += double{x} * x;
    }
    if (squares == 0) return;
    const double scale = rho / std::sqrt(squares);
    for (std::size_t l = 1; l <= weights.depth(); ++l) {
      Layer& w = weights.layer(l);
      const Layer& g = gradient.layer(l);
      for (arma::uword i = 0; i < w.W.n_elem; ++i) w.W[i] += static_cast<float>(scale * g.W[i]);
      for (arma::uword i = 0; i < w.b.n_elem; ++i) w.b[i] += static_cast<float>(scale * g.b[i]);
    }
  }
};

}  // namespace

PIPELINE_REGULARISER(Sam, sam, "computes the gradient at the worst weights nearby")
