// signal_factor: how much of the best possible signal each node's weights let through.
//
//   F_k = sum_j W_kj c_kj / (max_j |c_kj| * |W_k|)           for node k of a layer; c as in snr_optimality
//   a layer's F = mean of F_k over its nodes, undefined ones left out
//
//   Higher is better; there is no epsilon, and no upper bound except the square root of the number of inputs. F_k is
//   undefined (NaN in nodes.h5) if all c_kj or all weights of the node are 0. nodes.h5 contains F_k for every node.
//   F depends on rare inputs: in layer 1 on MNIST, max |c| is at a pixel that is above 0 in fewer than 10 of 10,000
//   images.
//
// Source: Norridge 2020, arXiv 2002.04687, and its notebook (the text divides by max c, the code by max |c|).
// See also: snr_optimality, sign_disagreement, node_snr.
#include "node_signal.hpp"

namespace {
using namespace pipeline;

class SignalFactor final : public Metric {
  node_signal::Options options;

  void declare(Parameters& p) override { options.declare(p); }
  MetricInfo describe() const override {
    return {.unit = "factor",
            .better = Direction::higher,
            .undefined = "NaN where c or all weights of a node are 0; a layer with only such nodes is NaN",
            .title = "signal factor F"};
  }
  void check(const NetworkShape& shape, bool nonnegative) const override { options.check(shape, nonnegative); }
  void prepare(Evaluation& e) const override { node_signal::prepare(e); }

  void measure(const Evaluation& e, Results& out) const override {
    for (std::size_t l = 1; l <= e.network().depth(); ++l) {
      const arma::vec F = node_signal::NodeSums::of(e, l, options).signal_factor();
      out.layer(l, node_signal::mean_of_defined(F));
      out.nodes(l, F);
    }
  }
};

}  // namespace

PIPELINE_METRIC(SignalFactor, signal_factor, "how much of the best possible signal each node's weights let through (F)")
