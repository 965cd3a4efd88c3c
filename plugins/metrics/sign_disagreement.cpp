// sign_disagreement: the number of weights with the wrong sign.
//
//   sign_disagreement of a layer = number of (j, k) with W_kj c_kj < 0        c as in snr_optimality
//
//   A count over all inputs j and nodes k of the layer, not a share. Lower is better. A weight or c of exactly 0 is not
//   counted; c is 0 for an input or a node that is the same on every sample.
//
// Source: computed but not used by the notebook that accompanies Norridge 2020, arXiv 2002.04687.
// See also: snr_optimality, signal_factor, weights_against_c.
#include "node_signal.hpp"

namespace {
using namespace pipeline;

class SignDisagreement final : public Metric {
  node_signal::Options options;

  void declare(Parameters& p) override { options.declare(p); }
  MetricInfo describe() const override { return {"count", Direction::lower}; }
  void check(const NetworkShape& shape, bool nonnegative) const override { options.check(shape, nonnegative); }
  void prepare(Evaluation& e) const override { node_signal::prepare(e); }

  void measure(const Evaluation& e, Results& out) const override {
    for (std::size_t l = 1; l <= e.network().depth(); ++l)
      out.layer(l, node_signal::NodeSums::of(e, l, options).disagreements);
  }
};

}  // namespace

PIPELINE_METRIC(SignDisagreement, sign_disagreement, "number of weights whose sign is opposite to that of their signal")
