// snr_optimality: how close each node's weights are to those with the highest ratio of signal to noise.
//
//   S_k = sum_j W_kj c_kj / ((|c_k| + .0001) * |W_k|)        for node k of a layer; |.| Euclidean length
//   a layer's S = mean of S_k over its nodes, undefined ones left out
//
//   c_kj = (sum over samples of xn_j * (r_k - mean r_k)) / (a_j + .0001)
//   xn_j = x_j / (max over samples of x_j + .001),   r = W x (no bias),   a_j = number of samples with x_j > 0
//
//   W  [outputs x inputs]     x  the layer's inputs [inputs x samples]
//   `rate`, `rescale` and `inputs` choose other forms of a_j and xn_j, and which inputs j are summed over.
//   -1 to 1, higher is better; 1 if W_k points along c_k. S_k is 0 if all c_kj are 0, and undefined (NaN in nodes.h5)
//   if all weights of the node are 0. nodes.h5 contains S_k for every node.
//   As coded, S rewards the weights that are best for noise of variance (max_j + .001) on inputs with x_j > 0.
//
// Source: Norridge 2020, arXiv 2002.04687, and its notebook.
// See also: signal_factor, node_snr, snr.
#include "node_signal.hpp"

namespace {
using namespace pipeline;

class SnrOptimality final : public Metric {
  node_signal::Options options;

  void declare(Parameters& p) override { options.declare(p); }
  MetricInfo describe() const override {
    return {.unit = "cosine",
            .better = Direction::higher,
            .undefined = "NaN where all weights of a node are 0; a layer with only such nodes is NaN",
            .title = "SNR optimality S"};
  }
  void check(const NetworkShape& shape, bool nonnegative) const override { options.check(shape, nonnegative); }
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

PIPELINE_METRIC(SnrOptimality, snr_optimality,
                "how close each node's weights are to the best signal-to-noise ratio (S)")
