// gradient_snr: how far the samples agree on the direction in which each weight should move.
//
//   GSNR(w) = mean(g)^2 / var(g)         over the samples, g the derivative of one sample's loss with respect to w
//   a layer's gradient_snr = mean of GSNR over its weights and biases, undefined ones left out
//
//   g = dz x' for one sample: dz [outputs] the gradient with respect to z, x [inputs] what the layer receives. The bias
//   is the weight of an input that is always 1. var divides by the number of samples. Computed in double. >= 0, higher
//   is better.
//   GSNR is undefined for a weight whose gradient is the same for every sample, for example always 0. A layer with only
//   such weights is NaN.
//
// Source: Liu et al. 2020, arXiv 2001.07384 (GSNR of a parameter).
// See also: gradient_noise_scale.
#include <pipeline/metric.hpp>

#include "mean_gradient.hpp"

namespace {
using namespace pipeline;

struct GradientMoments final : Gatherer {
  std::vector<arma::mat> sum, squares;  // [outputs x inputs], and a column for the bias where there is one
  std::vector<bool> biased;

  explicit GradientMoments(std::vector<bool> has_bias)
      : sum(has_bias.size()), squares(has_bias.size()), biased(std::move(has_bias)) {}

  void see(const Block& block) override {
    for (std::size_t l = 1; l <= sum.size(); ++l) {
      const arma::mat dz = arma::conv_to<arma::mat>::from(block.dz(l));
      arma::mat x = arma::conv_to<arma::mat>::from(block.x(l));
      if (biased[l - 1]) x.insert_rows(x.n_rows, arma::rowvec(x.n_cols, arma::fill::ones));
      add(sum[l - 1], dz * x.t());
      add(squares[l - 1], arma::square(dz) * arma::square(x).t());
    }
  }
  static void add(arma::mat& to, const arma::mat& block) { to = to.is_empty() ? block : arma::mat(to + block); }
};

class GradientSnr final : public Metric {
  // A variance below this share of the mean square is rounding error: what sums in double leave for equal numbers.
  static constexpr double rounding = 1e-12;

  MetricInfo describe() const override {
    return {.unit = "ratio of squares",
            .better = Direction::higher,
            .undefined = "NaN for a layer in which each weight has the same gradient on every sample",
            .on = "train"};
  }
  void prepare(Evaluation& e) const override { e.gather<GradientMoments>(mean_gradient::biased(e.network())); }

  void measure(const Evaluation& e, Results& out) const override {
    const auto& seen = e.gathered<GradientMoments>(mean_gradient::biased(e.network()));
    const double samples = static_cast<double>(e.samples());
    for (std::size_t l = 1; l <= seen.sum.size(); ++l) {
      double total = 0, defined = 0;
      for (arma::uword i = 0; i < seen.sum[l - 1].n_elem; ++i) {
        const double mean = seen.sum[l - 1][i] / samples, square = seen.squares[l - 1][i] / samples;
        if (const double variance = square - mean * mean; variance > rounding * square)
          total += mean * mean / variance, ++defined;
      }
      out.layer(l, total / defined);
    }
  }
};

}  // namespace

PIPELINE_METRIC(GradientSnr, gradient_snr, "how far the samples agree on each weight's gradient")
