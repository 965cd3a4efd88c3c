// activation_rate: the share of the samples on which a hidden unit is active.
//
//   rate_k = (samples with h_k > 0) / samples               for unit k of a hidden layer, h its activation
//   activation_rate of a layer = mean of rate_k over its units
//
//   0 to 1, neither direction is better. nodes.h5 contains rate_k for every unit. With ReLU a layer's rate is
//   1 - sparsity; the rates of its units show whether they are all alike or specialised. With sigmoid it is always 1.
//
// See also: sparsity, dead_units, dormant_units.
#include "unit_activity.hpp"

namespace {
using namespace pipeline;

class ActivationRate final : public Metric {
  MetricInfo describe() const override { return {"share of the samples", Direction::neither}; }
  void prepare(Evaluation& e) const override { unit_activity::prepare(e); }

  void measure(const Evaluation& e, Results& out) const override {
    const auto& active = unit_activity::of(e).active;
    for (std::size_t l = 0; l < active.size(); ++l) {
      const arma::vec rate = active[l] / static_cast<double>(e.samples());
      out.layer(l + 1, arma::mean(rate));
      out.nodes(l + 1, rate);
    }
  }
};

}  // namespace

PIPELINE_METRIC(ActivationRate, activation_rate, "share of the samples on which hidden units are active")
