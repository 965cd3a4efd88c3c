// gradient_noise_scale: about how large a batch must be for the noise in its gradient not to exceed the signal.
//
//   B = tr S / (|G|^2 - tr S / N)
//   G    = mean of g over the N samples
//   tr S = (sum of |g|^2 - N |G|^2) / (N - 1)    the trace of the covariance of g, unbiased
//
//   g  the gradient of one sample's loss with respect to all weights and biases
//   In samples; neither direction is better. |G|^2 of N samples contains tr S / N of noise; the rest is an unbiased
//   estimate of the square of the true gradient. If the rest is 0 or less, the N samples do not show a gradient: the
//   scale is of the order of N or above, but cannot be estimated (NaN). One sample also yields NaN.
//
// Source: McCandlish et al. 2018, arXiv 1812.06162, the simple noise scale, with the estimates of appendix A.1 for
// batches of 1 and N.
// See also: gradient_snr, gradient_noise.
#include <algorithm>
#include <cmath>
#include <pipeline/metric.hpp>

#include "mean_gradient.hpp"

namespace {
using namespace pipeline;

/// |g|^2 of one sample is the sum over layers of |dz|^2 (|x|^2 + 1 where there is a bias), so no gradient is formed.
struct SquaredGradients final : Gatherer {
  std::vector<bool> biased;
  double sum = 0;
  explicit SquaredGradients(std::vector<bool> has_bias) : biased(std::move(has_bias)) {}
  void see(const Block& block) override {
    for (std::size_t l = 1; l <= biased.size(); ++l)
      for (arma::uword n = 0; n < block.size; ++n)
        sum += squares(block.dz(l), n) * (squares(block.x(l), n) + biased[l - 1]);
  }
  static double squares(const arma::fmat& m, arma::uword column) {
    double total = 0;
    for (arma::uword i = 0; i < m.n_rows; ++i) total += double{m(i, column)} * m(i, column);
    return total;
  }
};

class GradientNoiseScale final : public Metric {
  MetricInfo describe() const override {
    return {.unit = "samples",
            .better = Direction::neither,
            .undefined = "NaN where the samples do not show a gradient: |G|^2 <= tr S / N",
            .on = "train"};
  }
  void prepare(Evaluation& e) const override {
    mean_gradient::prepare(e);
    e.gather<SquaredGradients>(mean_gradient::biased(e.network()));
  }

  void measure(const Evaluation& e, Results& out) const override {
    const double N = static_cast<double>(e.samples());
    const double GG = mean_gradient::sum(e).squared_length() / (N * N);
    const double tr_S = (e.gathered<SquaredGradients>(mean_gradient::biased(e.network())).sum - N * GG) / (N - 1);
    const double true_GG = GG - tr_S / N;
    out.value(N > 1 && true_GG > 0 ? std::max(tr_S, 0.0) / true_GG : std::nan(""));
  }
};

}  // namespace

PIPELINE_METRIC(GradientNoiseScale, gradient_noise_scale, "batch size at which gradient noise equals the gradient")
