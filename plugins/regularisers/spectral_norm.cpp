// spectral_norm: penalises each layer's largest singular value, so that the layer stretches no direction much.
//
//   R(W)  = lambda / 2 * sum over layers of sigma^2,   sigma = u' W v           one number, >= 0, in units of the loss
//   dR/dW = lambda * sigma * u v'                                               u and v held constant
//   after each update:   v = W'u / |W'u|,   u = W v / |W v|                     one step of power iteration
//
//   W  [outputs x inputs]; biases have no part in it
//   u  [outputs], v  [inputs]  stored from step to step, and in weights.h5. They start from normal draws, the same for
//   every model, and 30 steps of power iteration on the starting weights. For normal weights sigma is then between .97
//   and 1 of the largest singular value, which it approaches from below. A strong penalty makes the largest singular
//   values of a layer nearly equal; sigma is then too small by some percent, because u and v turn slowly.
//   If a product is 0, u or v stays as it was.   lambda = 0 changes nothing.
//   This is a soft penalty; W is not divided by sigma.
//
// Source: Yoshida & Miyato 2017, Spectral norm regularization, arXiv 1705.10941 (they start from random u and v without
// further steps, and iterate before the gradient, not after the update).
// See also: orthogonality, max_norm, largest_singular_value.
#include <pipeline/regulariser.hpp>

#include <cmath>
#include <pipeline/vectors.hpp>

namespace {
using namespace pipeline;

double dot(const arma::fmat& a, const arma::fmat& b) {
  return pipeline::dot({a.memptr(), a.n_elem}, {b.memptr(), b.n_elem});
}

class SpectralNorm final : public Regulariser, public LayerPenalty, public AfterLayerUpdate {
  float lambda = 0.01f;
  PerLayer u, v;
  static constexpr int start_steps = 30;

  void declare(Parameters& p) override {
    p.number("lambda", lambda, at_least(0), "strength of the penalty lambda / 2 * sigma^2").neutral("0");
  }
  bool acts_on_biases() const override { return false; }
  void declare_state(State& state) override {
    const NetworkShape n = state.network();
    std::vector<std::size_t> layers;  // of the entry
    state.per_layer("u", u, Life::kept, [&](std::size_t l) {
      if (l) layers.push_back(l);
      return State::Size{l ? n.outputs(l) : 0};
    });
    state.per_layer("v", v, Life::kept, [&](std::size_t l) { return State::Size{l ? n.inputs(l) : 0}; });
    for (const std::size_t l : layers) {
      const Random draws = Random(0, "spectral_norm", "", "").in_layer(static_cast<std::uint32_t>(l));
      const auto draw = [&](arma::fmat& to, std::size_t first) {
        for (arma::uword i = 0; i < to.n_elem; ++i) to[i] = static_cast<float>(draws.normal(first + i));
      };
      draw(u.at(l), 0), draw(v.at(l), u.at(l).n_elem);
      for (int step = 0; step < start_steps; ++step) iterate(state.weights().layer(l).W, l);
    }
  }

  /// 1 / (|u| |v|): their length is 1 up to rounding only, and not at all where every product is 0.
  double unit(std::size_t l) const { return 1 / std::sqrt(dot(u.at(l), u.at(l)) * dot(v.at(l), v.at(l))); }
  double sigma(const arma::fmat& W, std::size_t l) const { return unit(l) * dot(u.at(l), W * v.at(l)); }

  double value(const Layer& w, const LayerPass& pass, const Step&) const override {
    return lambda / 2 * std::pow(sigma(w.W, pass.layer), 2);
  }
  void add_gradient(const Layer& w, const LayerPass& pass, Layer& gradient, const Step&) const override {
    const std::size_t l = pass.layer;
    const double scale = lambda * sigma(w.W, l) * unit(l);
    const float* const u_l = u.at(l).memptr();
    for (arma::uword j = 0; j < w.inputs(); ++j) {
      float* const g = gradient.W.colptr(j);
      const auto of_input = static_cast<float>(scale * v.at(l)[j]);
      for (arma::uword k = 0; k < w.outputs(); ++k) g[k] += of_input * u_l[k];
    }
  }

  void after_update(arma::fmat& W, arma::fvec&, std::size_t l, const Step&) const override { iterate(W, l); }
  void iterate(const arma::fmat& W, std::size_t l) const {
    turn(v.at(l), W.t() * u.at(l));
    turn(u.at(l), W * v.at(l));
  }
  static void turn(arma::fmat& to, const arma::fmat& product) {
    const double length = std::sqrt(dot(product, product));
    for (arma::uword i = 0; length > 0 && i < to.n_elem; ++i) to[i] = static_cast<float>(product[i] / length);
  }
};

}  // namespace

PIPELINE_REGULARISER(SpectralNorm, spectral_norm, "penalty lambda / 2 * squared largest singular value of each layer")
