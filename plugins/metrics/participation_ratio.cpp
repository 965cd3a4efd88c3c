// participation_ratio: the number of dimensions over which a hidden layer's activations spread.
//
//   participation_ratio of hidden layer l = (tr C)^2 / |C|_F^2 = (sum of v_i)^2 / sum of v_i^2
//
//   C  [units x units] covariance of the activations h over the samples, v its eigenvalues
//   1 to the number of units; neither direction is better. NaN if the layer is the same on every sample.
//
// Source: Gao et al. 2017, bioRxiv 214262; the reciprocal of the inverse participation ratio of physics.
// See also: effective_rank, linear_cka, neural_collapse.
#include "hidden_covariance.hpp"

namespace {
using namespace pipeline;

class ParticipationRatio final : public Metric {
  MetricInfo describe() const override {
    return {"dimensions", Direction::neither, "NaN where a layer's activations are the same on every sample"};
  }
  void prepare(Evaluation& e) const override { hidden_covariance::prepare(e); }

  void measure(const Evaluation& e, Results& out) const override {
    for (std::size_t l = 1; l < e.network().depth(); ++l) {
      const arma::mat& C = hidden_covariance::of(e, l);  // times the number of samples, which cancels
      const double trace = arma::trace(C);
      out.layer(l, trace * trace / arma::accu(arma::square(C)));  // 0 / 0 is NaN
    }
  }
};

}  // namespace

PIPELINE_METRIC(ParticipationRatio, participation_ratio, "number of dimensions over which hidden activations spread")
