// dormant_units: the share of hidden units that are almost inactive compared with the rest of their layer.
//
//   score_k = m_k / (mean of m over the layer's units),   m_k = mean over the samples of |h_k|
//   dormant_units of a layer = (units with score_k <= tau) / units
//
//   h_k  activation of unit k
//   0 to 1, lower is better. nodes.h5 contains score_k for every unit; the scores of a layer have mean 1.
//   tau = 0 counts only dead units. If all units of a layer are dead, every score is 0 and all units are dormant.
//
// Source: Sokar et al. 2023, arXiv 2302.12902, definition 3.1.
// See also: dead_units, activation_rate, sparsity.
#include "unit_activity.hpp"

namespace {
using namespace pipeline;

class DormantUnits final : public Metric {
  double tau = .025;

  void declare(Parameters& p) override {
    p.number("tau", tau, at_least(0), "largest score of a dormant unit; the average score is 1");
  }
  MetricInfo describe() const override { return {"share of the units", Direction::lower}; }
  void prepare(Evaluation& e) const override { unit_activity::prepare(e); }

  void measure(const Evaluation& e, Results& out) const override {
    const auto& sizes = unit_activity::of(e).size;
    for (std::size_t l = 0; l < sizes.size(); ++l) {
      const double mean = arma::mean(sizes[l]);
      const arma::vec score = mean > 0 ? arma::vec(sizes[l] / mean) : sizes[l];
      out.layer(l + 1, static_cast<double>(arma::accu(score <= tau)) / static_cast<double>(score.n_elem));
      out.nodes(l + 1, score);
    }
  }
};

}  // namespace

PIPELINE_METRIC(DormantUnits, dormant_units, "share of hidden units that are almost inactive")
