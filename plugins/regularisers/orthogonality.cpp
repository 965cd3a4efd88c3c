// orthogonality: pushes a layer's weight vectors towards unit length and right angles, so that no node repeats another.
//
//   R(W)  = lambda * sum over layers of |G - I|_F^2              one number, >= 0, in units of the loss
//   dR/dW = 4 * lambda * (G - I) W,   or   W (G - I)
//
//   W  [outputs x inputs]; biases have no part in it
//   G  the smaller Gram matrix: W W' if outputs <= inputs (between nodes), else W' W (between inputs, because more
//      nodes than inputs cannot all be at right angles)
//   Gradient elements too large for float32 are clamped to its largest number; the model then diverges through its
//   weights.   lambda = 0 changes nothing.
//
// Source: Bansal et al. 2018, NeurIPS 31, section 3.1 (soft orthogonality; always W' W there); the square, as
// in Brock et al. 2019, ICLR (BigGAN), where Brock et al. 2017, ICLR, take |G - I| element by element.
// See also: spectral_norm, stable_rank, effective_rank.
#include <pipeline/regulariser.hpp>

#include <algorithm>
#include <limits>

namespace {
using namespace pipeline;

class Orthogonality final : public Regulariser, public LayerPenalty {
  float lambda = 1e-4f;

  void declare(Parameters& p) override {
    p.number("lambda", lambda, at_least(0), "strength of the penalty lambda * |G - I|_F^2").neutral("0");
  }

  bool acts_on_biases() const override { return false; }

  static bool by_nodes(const arma::fmat& W) { return W.n_rows <= W.n_cols; }
  static arma::fmat distance(const arma::fmat& W) {
    arma::fmat d = by_nodes(W) ? arma::fmat(W * W.t()) : arma::fmat(W.t() * W);
    d.diag() -= 1;
    return d;
  }

  double value(const Layer& w, const LayerPass&, const Step&) const override {
    double squares = 0;
    for (const float x : distance(w.W)) squares += double{x} * x;
    return lambda * squares;
  }
  void add_gradient(const Layer& w, const LayerPass&, Layer& gradient, const Step&) const override {
    arma::fmat d = distance(w.W);
    const float largest = std::max(d.max(), -d.min());
    if (largest == 0) return;
    d /= largest;  // products of three weights may overflow float32 where G does not
    const arma::fmat product = by_nodes(w.W) ? arma::fmat(d * w.W) : arma::fmat(w.W * d);
    constexpr double limit = std::numeric_limits<float>::max();
    const double factor = 4.0 * lambda * largest;
    const float* const p = product.memptr();
    float* const g = gradient.W.memptr();
    for (arma::uword i = 0; i < product.n_elem; ++i) {
      const double sum = g[i] + factor * p[i];
      g[i] = static_cast<float>(sum > limit ? limit : sum < -limit ? -limit : sum);
    }
  }
};

}  // namespace

PIPELINE_REGULARISER(Orthogonality, orthogonality, "penalty lambda * |W W' - I|^2: nodes at right angles")
