// participation_ratio: in how many dimensions a hidden layer's activations spread.
//
//   participation_ratio of hidden layer l = (tr C)^2 / |C|_F^2 = (sum of v_i)^2 / sum of v_i^2
//
//   C  [units x units] covariance of the activations h over the images, v its eigenvalues. 1 to the number of units;
//   neither direction is better. A layer that is the same on every image has none (NaN).
//
// Source: Gao et al. 2017, bioRxiv 214262; the same measure as the inverse participation ratio of physics, turned over.
#include "hidden_covariance.hpp"

namespace {
using namespace pipeline;

class ParticipationRatio final : public Metric {
  MetricInfo describe() const override {
    return {"dimensions", Direction::neither, "NaN where a layer's activations are the same on every image"};
  }
  void prepare(Evaluation& e) const override { hidden_covariance::prepare(e); }

  void measure(const Evaluation& e, Results& out) const override {
    for (std::size_t l = 1; l < e.network().depth(); ++l) {
      const arma::mat& C = hidden_covariance::of(e, l);  // times the number of images, which cancels
      const double trace = arma::trace(C);
      out.layer(l, trace * trace / arma::accu(arma::square(C)));  // 0 / 0 is NaN
    }
  }
};

}  // namespace

PIPELINE_METRIC(ParticipationRatio, participation_ratio, "dimensions in which hidden activations spread")
