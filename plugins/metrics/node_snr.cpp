// node_snr: how far a node's signal stands out of noise at its inputs. Exact: nothing is drawn.
//
//   SNR_k = var(r_k) / (noise^2 sum_j W_kj^2 scale_j a_j / N)         for node k of a layer
//   a layer's SNR = mean of SNR_k over its nodes, undefined ones left out
//
//   r = W x over N images (no bias); var divides by N. The noise is independent between inputs and images: input j,
//   where it is lit, has variance noise^2 scale_j with scale_j = max over images of x_j + .001, and a_j is the number of
//   images on which it is lit: the noise of which S as coded is the optimum (a_j and scale_j as in node_signal.hpp).
//   >= 0, higher is better. Unlike S it counts how strong the signal is, not only where the weights point; its square
//   root is no ratio of amplitudes to be compared between layers, whose inputs differ in scale.
//   A node on whose weights no noise falls, all of them 0 or on inputs that are never lit, has no SNR (NaN in
//   nodes.h5). nodes.h5 holds SNR_k for every node.
//
// Source: the noise model of Norridge 2020, arXiv 2002.04687, and its notebook; the ratio of variances itself.
#include "node_signal.hpp"

namespace {
using namespace pipeline;

class NodeSnr final : public Metric {
  node_signal::Options options;
  double noise = 1;

  void declare(Parameters& p) override {
    options.declare(p);
    p.number("noise", noise, above(0), "standard deviation of the noise where max_j + .001 is 1");
  }
  MetricInfo describe() const override {
    return {"ratio of variances", Direction::higher,
            "NaN where no noise falls on a node's weights; a layer with no other node is nan"};
  }
  void check(const NetworkShape&, bool nonnegative) const override { options.check(nonnegative); }
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

PIPELINE_METRIC(NodeSnr, node_snr, "how far each node's signal stands out of noise at its inputs")
