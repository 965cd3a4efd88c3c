// calibration_error: how far the network's confidence is from how often it is right.
//
//   calibration_error = sum over bins of (n_b / N) |accuracy_b - confidence_b|
//
//   Confidence is the largest softmax probability. The B bins are equally wide; bin b covers ((b - 1) / B, b / B]. It
//   contains n_b of the N samples; accuracy_b is the share of these that are right, confidence_b their mean confidence.
//   The predicted class is chosen as in accuracy. 0 to 1, lower is better. A network that guesses at chance, with a
//   confidence to match, is calibrated: read this metric together with accuracy.
//
// Source: Guo et al. 2017, arXiv 1706.04599 (expected calibration error, 15 bins).
// See also: accuracy, confidence_penalty, label_smoothing.
#include <cmath>

#include "answers.hpp"

namespace {
using namespace pipeline;

struct Bins final : Gatherer {
  arma::vec confidence, right;  // [bins] sums over the samples of each bin
  explicit Bins(std::size_t bins) : confidence(bins, arma::fill::zeros), right(bins, arma::fill::zeros) {}

  void see(const Block& block) override {
    for (std::size_t n = 0; n < block.size; ++n) {
      const std::size_t k = answers::predicted(block, n);
      const double p = probability(block.logits(), n, k);
      const auto upper_end = static_cast<std::size_t>(std::ceil(p * static_cast<double>(right.n_elem)));
      const std::size_t bin = std::max<std::size_t>(upper_end, 1) - 1;
      confidence[bin] += p;
      right[bin] += k == block.labels[n];
    }
  }
  static double probability(const arma::fmat& logits, std::size_t n, std::size_t largest) {
    double sum = 0;
    for (arma::uword k = 0; k < logits.n_rows; ++k) sum += std::exp(double{logits(k, n)} - logits(largest, n));
    return 1 / sum;
  }
};

class CalibrationError final : public Metric {
  std::uint64_t bins = 15;

  void declare(Parameters& p) override {
    p.whole("bins", bins, at_least(1).up_to(1'000'000), "number of equally wide intervals of confidence");
  }
  MetricInfo describe() const override { return {"share of the samples", Direction::lower}; }
  void check(const NetworkShape& shape, bool) const override {
    if (shape.loss == LossFunction::squared_error)
      throw Misfit("loss", "= squared_error does not make outputs into probabilities; leave this metric out");
  }
  void prepare(Evaluation& e) const override { e.gather<Bins>(bins); }
  void measure(const Evaluation& e, Results& out) const override {
    const Bins& seen = e.gathered<Bins>(bins);
    out.value(arma::accu(arma::abs(seen.right - seen.confidence)) / static_cast<double>(e.samples()));
  }
};

}  // namespace

PIPELINE_METRIC(CalibrationError, calibration_error, "how far confidence is from accuracy (ECE)")
