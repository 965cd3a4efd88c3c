// mixup: trains on blends of two samples, with their targets blended in the same proportion.
//
//   x'_i = lambda * x_i + (1 - lambda) * x_p(i)        y' likewise
//   lambda ~ Beta(alpha, alpha)                        one per batch
//
//   x  [features x batch], y  [classes x batch]     p  a permutation of the batch, drawn anew every step; p(i) may be i
//   alpha  near 0: lambda near 0 or 1; 1: uniform; large: near 1/2.   alpha = 0 means lambda = 1 and changes nothing.
//
// Source: Zhang, Cisse, Dauphin & Lopez-Paz 2018, mixup: beyond empirical risk minimization, ICLR; one lambda and one
// permutation per batch as in the authors' code.
// See also: label_smoothing, input_noise, shift.
#include <pipeline/regulariser.hpp>

#include <cmath>

namespace {
using namespace pipeline;

/// The logarithm of a Gamma(shape, 1) draw: Marsaglia & Tsang 2000, ACM Trans. Math. Softw. 26, 363-372, at shape + 1,
/// multiplied by U^(1 / shape). As a logarithm, because the draw itself is 0 in floats for small shapes.
/// Attempt t uses words 4t and 4t + 1 for the normal and 4t + 2 for the acceptance test; word 3 is U.
double log_gamma_draw(double shape, const Random& draws) {
  const double d = shape + 1 - 1. / 3, c = 1 / std::sqrt(9 * d);
  for (std::uint64_t t = 0;; ++t) {
    const double x = draws.normal(4 * t), root = 1 + c * x;
    if (root <= 0) continue;
    const double log_v = 3 * std::log(root), v = root * root * root;
    if (std::log(draws.uniform(4 * t + 2)) < x * x / 2 + d - d * v + d * log_v)
      return std::log(d) + log_v + std::log(draws.uniform(3)) / shape;
  }
}

class Mixup final : public Regulariser, public BatchChange {
  float alpha = 0.2f;

  void declare(Parameters& p) override {
    p.number("alpha", alpha, at_least(0), "both parameters of the beta distribution of lambda, the blending weight")
        .neutral("0");
  }

  void check_training(const TrainingLength& training) const override {
    if (training.batch_size == 1)
      throw Misfit("batch_size", "= 1 leaves nothing to blend a sample with; use larger batches, or leave it out");
  }

  /// G1 / (G1 + G2) of two Gamma(alpha) draws is Beta(alpha, alpha).
  float lambda(const Random& draws) const {
    if (alpha == 0) return 1;
    const double log_ratio = log_gamma_draw(alpha, draws.in_layer(2)) - log_gamma_draw(alpha, draws.in_layer(1));
    return static_cast<float>(1 / (1 + std::exp(log_ratio)));
  }

  void change(Batch& batch, const Step& step) const override {
    const float own = lambda(step.random);
    const std::vector<std::uint32_t> partner = step.random.permutation(batch.inputs.n_cols);
    for (arma::fmat* m : {&batch.inputs, &batch.targets}) {
      const arma::fmat pure = *m;
      for (arma::uword i = 0; i < pure.n_cols; ++i) m->col(i) = own * pure.col(i) + (1 - own) * pure.col(partner[i]);
    }
  }
};

}  // namespace

PIPELINE_REGULARISER(Mixup, mixup, "blends pairs of samples and their labels")
