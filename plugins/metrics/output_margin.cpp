// output_margin: by how much the network prefers the right answer, where it prefers it least.
//
//   m_n = z_label - max over other classes of z           for image n, z its logits
//   output_margin = the `percentile`-th percentile of m_n over the images, 10 by default
//
//   In units of the logits; above 0 where the network is right. Higher is better, between networks of like scale.
//   Percentile q of N sorted values m_0 <= ... <= m_(N-1): position h = (N - 1) q / 100, and between two values on a
//   straight line, as numpy.percentile does by default (Hyndman & Fan 1996, type 7). One class has no other (NaN).
//
// Source: Jiang et al. 2020, arXiv 1912.02178: the 10th percentile, as a robust stand-in for the minimum.
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
             "share of the images, in percent, with a smaller margin");
  }
  MetricInfo describe() const override {
    return {.unit = "logit",
            .better = Direction::higher,
            .edge = "NaN where the network has a single class",
            .on = "train"};
  }
  void prepare(Evaluation& e) const override { e.gather<Margins>("margins of the output"); }

  void measure(const Evaluation& e, Results& out) const override {
    std::vector<double> m = e.gathered<Margins>("margins of the output").all;
    std::sort(m.begin(), m.end());
    const double h = static_cast<double>(m.size() - 1) * percentile / 100, below = std::floor(h);
    const auto i = static_cast<std::size_t>(below);
    const double next = m[std::min(i + 1, m.size() - 1)];
    out.value(std::isinf(m[i]) ? std::nan("") : m[i] + (h - below) * (next - m[i]));
  }
};

}  // namespace

PIPELINE_METRIC(OutputMargin, output_margin, "how far the right logit leads where it leads least")
