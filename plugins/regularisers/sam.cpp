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
#include <pipeline/vectors.hpp>

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
    for (const Layer& l : gradient.layers)
      squares += sum_of_squares({l.W.memptr(), l.W.n_elem}) + sum_of_squares({l.b.memptr(), l.b.n_elem});
    if (squares == 0) return;
    const double scale = rho / std::sqrt(squares);
    const auto displace_array = [scale](arma::fmat& weights_of, const arma::fmat& by) {
      float* const w = weights_of.memptr();
      const float* const g = by.memptr();
      for (arma::uword i = 0; i < by.n_elem; ++i) w[i] += static_cast<float>(scale * g[i]);
    };
    for (std::size_t l = 1; l <= weights.depth(); ++l) {
      displace_array(weights.layer(l).W, gradient.layer(l).W);
      displace_array(weights.layer(l).b, gradient.layer(l).b);
    }
  }
};

}  // namespace

PIPELINE_REGULARISER(Sam, sam, "computes the gradient at the worst weights nearby")
