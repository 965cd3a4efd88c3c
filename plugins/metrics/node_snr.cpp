// node_snr: the variance of a node's signal relative to that of noise at its inputs, computed exactly without sampling.
//
//   SNR_k = var(r_k) / (noise^2 sum_j W_kj^2 scale_j a_j / N)         for node k of a layer
//   a layer's SNR = mean of SNR_k over its nodes, undefined ones left out
//
//   W  [outputs x inputs]     r = W x  over N samples (no bias); var divides by N
//   scale_j = max over samples of x_j + .001,   a_j = number of samples with x_j > 0,   both as in snr_optimality
//   The noise is independent between inputs and samples. On input j it has variance noise^2 scale_j, but only on the
//   samples with x_j > 0. This is the noise for which the weights that S (snr_optimality) rewards, as coded, are best.
//   >= 0, higher is better. Unlike S it depends on how strong the signal is, not only on the direction of the weights.
//   Its square root is not a ratio of amplitudes to be compared between layers, because their inputs differ in scale.
//   SNR_k is undefined (NaN in nodes.h5) if no noise reaches the node: its weights are all 0 or on inputs that are
//   never above 0. nodes.h5 contains SNR_k for every node.
//
// Source: the noise model of Norridge 2020, arXiv 2002.04687, and its notebook; here the ratio of variances itself.
// See also: snr_optimality, signal_factor.
#include "node_signal.hpp"

namespace {
using namespace pipeline;

class NodeSnr final : public Metric {
  node_signal::Options options;
  double noise = 1;

  void declare(Parameters& p) override {
    options.declare(p);
    p.number("noise", noise, above(0), "standard deviation of the noise on an input with max_j + .001 = 1");
  }
  MetricInfo describe() const override {
    return {.unit = "ratio of variances",
            .better = Direction::higher,
            .undefined = "NaN where no noise reaches a node; a layer with only such nodes is NaN",
            .title = "node SNR"};
  }
  void check(const NetworkShape& shape, bool nonnegative) const override { options.check(shape, nonnegative); }
  void prepare(Evaluation& e) const override { node_signal::prepare(e); }

  void measure(const Evaluation& e, Results& out) const override {
    for (std::size_t l = 1; l <= e.network().depth(); ++l) {
      const arma::vec noises =
          noise * noise * noise_of_nodes(e.network().layer(l).W, node_signal::signal(e, l, options));
      arma::vec snr = node_signal::variances(e, l) * static_cast<double>(e.samples()) / noises;
      snr.elem(arma::find(noises == 0)).fill(arma::datum::nan);
      out.layer(l, node_signal::mean_of_defined(snr));
      out.nodes(l, snr);
    }
  }

  /// sum_j W_kj^2 scale_j a_j for each node.
  arma::vec noise_of_nodes(const arma::fmat& W, const node_signal::Signal& signal) const {
    arma::vec sum(W.n_rows, arma::fill::zeros);
    for (arma::uword j = 0; j < W.n_cols; ++j) {
      if (!signal.counts(j, options)) continue;
      for (arma::uword k = 0; k < W.n_rows; ++k) sum[k] += double{W(k, j)} * W(k, j) * signal.scale[j] * signal.a[j];
    }
    return sum;
  }
};

}  // namespace

PIPELINE_METRIC(NodeSnr, node_snr, "variance of each node's signal relative to that of noise at its inputs")
