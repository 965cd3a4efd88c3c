// confusion_matrix: how often samples of each class are predicted as each class.
//
//   counts(t, p) = number of samples of class t that are predicted as class p       [classes x classes], in nodes.h5
//
//   Rows are true classes, columns predicted ones, in the order of the attribute class_names (without it, classes are
//   numbers from 0); the entries sum to the number of samples. The predicted class is chosen as in accuracy, which
//   equals the share of the diagonal. Nothing is written to metrics.csv.
//
// See also: accuracy, calibration_error.
#include "answers.hpp"

namespace {
using namespace pipeline;

struct Counts final : Gatherer {
  arma::mat counts;
  explicit Counts(std::size_t classes) : counts(classes, classes, arma::fill::zeros) {}
  void see(const Block& block) override {
    for (std::size_t n = 0; n < block.size; ++n) counts(block.labels[n], answers::predicted(block, n)) += 1;
  }
};

class ConfusionMatrix final : public Metric {
  MetricInfo describe() const override { return {"count", Direction::neither}; }
  void prepare(Evaluation& e) const override { e.gather<Counts>(e.network().layer(e.network().depth()).outputs()); }
  void measure(const Evaluation& e, Results& out) const override {
    out.matrix("counts", e.gathered<Counts>(e.network().layer(e.network().depth()).outputs()).counts);
  }
};

}  // namespace

PIPELINE_METRIC(ConfusionMatrix, confusion_matrix, "counts of true against predicted classes, in nodes.h5")
