// confusion_matrix: which class is taken for which.
//
//   counts(t, p) = images of class t that the network takes for class p       [classes x classes], into nodes.h5
//
//   Rows are true classes, columns predicted ones, both from 0; all of it adds up to the number of images. Which class
//   is predicted as in accuracy, which is the diagonal's share. Nothing goes to metrics.csv.
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
  void prepare(Evaluation& e) const override {
    e.gather<Counts>("confusions", e.network().layer(e.network().depth()).outputs());
  }
  void measure(const Evaluation& e, Results& out) const override {
    out.matrix("counts", e.gathered<Counts>("confusions").counts);
  }
};

}  // namespace

PIPELINE_METRIC(ConfusionMatrix, confusion_matrix, "which class is taken for which, into nodes.h5")
