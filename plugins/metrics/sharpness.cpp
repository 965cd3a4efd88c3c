// sharpness: how much the loss rises after a short step in the direction of steepest ascent.
//
//   sharpness = L(w + rho g / |g|) - L(w),   g = dL/dw          |.| Euclidean length over all weights and biases
//
//   L is the mean over the samples of -ln p(label), the data term alone. In nats; for small rho about rho |g|. Lower is
//   better: flatter. NaN if g = 0, which has no direction.
//
// Source: Foret et al. 2021, arXiv 2010.01412, equation 2, over all samples measured rather than a batch.
// See also: sam, loss.
#include <cmath>

#include "answers.hpp"
#include "mean_gradient.hpp"

namespace {
using namespace pipeline;

struct LossAt final : Gatherer {
  Network weights;
  double sum = 0;
  explicit LossAt(Network w) : weights(std::move(w)) {}
  void see(const Block& block) override {
    for (const double loss : block.at(weights).losses()) sum += loss;
  }
};

class Sharpness final : public Metric {
  double rho = .05;

  void declare(Parameters& p) override {
    p.number("rho", rho, above(0), "length of the step uphill").unit("units of the weights");
  }
  MetricInfo describe() const override {
    return {.unit = unit_of_the_loss,
            .better = Direction::lower,
            .undefined = "NaN where the gradient is 0",
            .on = "train"};
  }
  void prepare(Evaluation& e) const override {
    answers::Losses::prepare(e);
    mean_gradient::prepare(e);
  }

  void measure(const Evaluation& e, Results& out) const override {
    const mean_gradient::GradientSum& g = mean_gradient::sum(e);
    const double length = std::sqrt(g.squared_length());
    if (length == 0) return out.value(std::nan(""));
    Network up = e.network();
    for (std::size_t l = 1; l <= up.depth(); ++l) {
      climb(up.layer(l).W, g.W[l - 1], rho / length);
      climb(up.layer(l).b, g.b[l - 1], rho / length);
    }
    const auto& there = e.pass_again<LossAt>([&] { return LossAt(up); }, rho);
    out.value(there.sum / static_cast<double>(e.samples()) - answers::Losses::mean(e));
  }

  template <class Weights, class Gradient>
  static void climb(Weights& w, const Gradient& g, double scale) {
    for (arma::uword i = 0; i < w.n_elem; ++i) w[i] = static_cast<float>(w[i] + scale * g[i]);
  }
};

}  // namespace

PIPELINE_METRIC(Sharpness, sharpness, "rise of the loss after a short step in the steepest direction (SAM)")
