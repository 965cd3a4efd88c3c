// sharpness: how much the loss rises a short way up its steepest slope.
//
//   sharpness = L(w + rho g / |g|) - L(w),   g = dL/dw          |.| Euclidean length over all weights and biases
//
//   L is the mean over the images of -ln p(label), the data term alone. In nats; for small rho about rho |g|. Lower is
//   better: flatter. Without a slope there is no way up (NaN where g = 0).
//
// Source: Foret et al. 2021, arXiv 2010.01412, equation 2, over all images measured rather than a batch.
#include <bit>
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

  void declare(Parameters& p) override { p.number("rho", rho, above(0), "length of the way up").unit("weight"); }
  MetricInfo describe() const override {
    return {.unit = "nats", .better = Direction::lower, .edge = "NaN where the gradient is 0", .on = "train"};
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
    const std::string exact_rho = std::to_string(std::bit_cast<std::uint64_t>(rho));  // its own decimals are rounded
    const auto& there = e.pass_again<LossAt>("loss at distance " + exact_rho, up);
    out.value(there.sum / static_cast<double>(e.samples()) - answers::Losses::mean(e));
  }

  template <class Weights, class Gradient>
  static void climb(Weights& w, const Gradient& g, double scale) {
    for (arma::uword i = 0; i < w.n_elem; ++i) w[i] = static_cast<float>(w[i] + scale * g[i]);
  }
};

}  // namespace

PIPELINE_METRIC(Sharpness, sharpness, "rise of the loss a short way up its steepest slope (SAM)")
