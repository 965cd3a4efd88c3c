// output_margin: how far the logit of the right class leads, on the samples where it leads least.
//
//   m_n = z_label - max over other classes of z           for sample n, z its logits
//   output_margin = the `percentile`-th percentile of m_n over the samples, 10 by default
//
//   In units of the logits; m_n is above 0 where the network is right. Higher is better, between networks of similar
//   scale. NaN if there is only one class.
//   Percentile q of N sorted values m_0 <= ... <= m_(N-1): position h = (N - 1) q / 100, with linear interpolation
//   between two values, as numpy.percentile does by default (Hyndman & Fan 1996, type 7).
//
// Source: Jiang et al. 2020, arXiv 1912.02178: the 10th percentile, as a robust stand-in for the minimum.
// See also: accuracy, calibration_error.
#include <algorithm>
#include <cmath>
#include <limits>
#include <pipeline/metric.hpp>

namespace {
using namespace pipeline;

struct Margins final : Gatherer {
  std::vector<double> all;
  void see(const Block& block) override {
    for (std::size_t n = 0; n < block.size; ++n) {
      const float* z = block.logits().colptr(n);
      double other = -std::numeric_limits<double>::infinity();
      for (arma::uword k = 0; k < block.logits().n_rows; ++k)
        if (k != block.labels[n]) other = std::max<double>(other, z[k]);
      all.push_back(z[block.labels[n]] - other);
    }
  }
};

class OutputMargin final : public Metric {
  double percentile = 10;

  void declare(Parameters& p) override {
    p.number("percentile", percentile, at_least(0).up_to(100),
             "share of the samples, in percent, that have a smaller margin");
  }
  MetricInfo describe() const override {
    return {.unit = "logit",
            .better = Direction::higher,
            .undefined = "NaN where the network has a single class",
            .on = "train"};
  }
  void prepare(Evaluation& e) const override { e.gather<Margins>(); }

  void measure(const Evaluation& e, Results& out) const override {
    std::vector<double> m = e.gathered<Margins>().all;
    std::sort(m.begin(), m.end());
    const double h = static_cast<double>(m.size() - 1) * percentile / 100, below = std::floor(h);
    const auto i = static_cast<std::size_t>(below);
    const double next = m[std::min(i + 1, m.size() - 1)];
    out.value(std::isinf(m[i]) ? std::nan("") : m[i] + (h - below) * (next - m[i]));
  }
};

}  // namespace

PIPELINE_METRIC(OutputMargin, output_margin, "how far the logit of the right class leads, where it leads least")
