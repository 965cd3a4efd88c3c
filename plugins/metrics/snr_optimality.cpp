// snr_optimality: how close each node's weights are to those that keep the most signal over noise.
//
//   S_k = sum_j W_kj c_kj / ((|c_k| + .0001) * |W_k|)        for node k of a layer; c as in node_signal.hpp
//   a layer's S = mean of S_k over its nodes, undefined ones left out
//
//   -1 to 1, higher is better; 1 if W_k points along c_k. A node whose c is 0 everywhere counts as 0; one whose
//   weights are all 0 has no S (NaN in nodes.h5). nodes.h5 holds S_k for every node.
//   As coded, S rewards the weights that are best for noise of variance (max_j + .001) on lit inputs.
//
// Source: Norridge 2020, arXiv 2002.04687, and its notebook.
#include "node_signal.hpp"

namespace {
using namespace pipeline;

class SnrOptimality final : public Metric {
  node_signal::Options options;

  void declare(Parameters& p) override { options.declare(p); }
  MetricInfo describe() const override {
    return {"cosine", Direction::higher, "NaN where all weights of a node are 0; a layer with no other node is nan"};
  }
  void check(const NetworkShape&, bool nonnegative) const override { options.check(nonnegative); }
  void prepare(Evaluation& e) const override { node_signal::prepare(e); }

  void measure(const Evaluation& e, Results& out) const override {
    for (std::size_t l = 1; l <= e.network().depth(); ++l) {
      const arma::vec S = node_signal::NodeSums::of(e, l, options).snr_optimality();
      out.layer(l, node_signal::mean_of_defined(S));
      out.nodes(l, S);
    }
  }
};

}  // namespace

PIPELINE_METRIC(SnrOptimality, snr_optimality, "how close each node's weights are to the best signal-to-noise ratio")
