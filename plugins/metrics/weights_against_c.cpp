// weights_against_c: a node's weights against the weights it should have, for a scatter plot.
//
//   points = [ W_k / |W_k| , c_k / |c_k| ]   two columns of length 1, one row per input; c and S as in snr_optimality
//
//   k is the node of `layer` with the largest S (the first of several), or each of `nodes`, counted from 1, with two
//   columns per node. Measured as well: `snr_optimality`, the S of each node drawn; and `node`, the k with the largest
//   S, unless `nodes` is given. The closer the points are to the diagonal, the better the node. The column of W is NaN
//   for a node whose weights are all 0, that of c for a node whose c is all 0. If no node of the layer has weights,
//   there is no largest S: node, snr_optimality and both columns are NaN.
//
// See also: snr_optimality, sign_disagreement, signal_factor.
#include <optional>
#include <set>

#include "node_signal.hpp"

namespace {
using namespace pipeline;

class WeightsAgainstC final : public Metric {
  node_signal::Options options;
  std::uint64_t layer = 1;
  std::vector<std::uint64_t> nodes;

  void declare(Parameters& p) override {
    options.declare(p);
    p.whole("layer", layer, at_least(1), "layer whose nodes are drawn, counting from 1");
    p.wholes("nodes", nodes, at_least(1), "nodes to draw, counting from 1; if left out, the one with the largest S");
  }
  MetricInfo describe() const override {
    return {.unit = "cosine",
            .better = Direction::higher,
            .undefined =
                "NaN for a node whose weights are all 0, and where that is every node; in points also where c is "
                "all 0",
            .better_for = {"snr_optimality"},
            .unit_of = {{"node", "node number"}},
            .title = "weights against c"};
  }

  void check(const NetworkShape& shape, bool nonnegative) const override {
    options.check(shape, nonnegative, layer);
    if (layer > shape.layers())
      throw Misfit("layer", "= " + std::to_string(layer) + ", but the network has " + std::to_string(shape.layers()) +
                                " layers");
    if (std::set(nodes.begin(), nodes.end()).size() < nodes.size())
      throw Misfit("nodes", "lists a node more than once");
    for (const std::uint64_t node : nodes)
      if (node > shape.outputs(layer))
        throw Misfit("nodes", "lists node " + std::to_string(node) + ", but layer " + std::to_string(layer) + " has " +
                                  std::to_string(shape.outputs(layer)) + " nodes");
  }
  void prepare(Evaluation& e) const override { node_signal::prepare(e); }

  void measure(const Evaluation& e, Results& out) const override {
    const arma::fmat& W = e.network().layer(layer).W;
    const node_signal::Signal& signal = node_signal::signal(e, layer, options);
    const arma::vec S = node_signal::NodeSums::of(e, layer, options).snr_optimality();
    std::vector<std::uint64_t> drawn = nodes;
    if (nodes.empty()) {
      const std::optional<std::uint64_t> best = first_largest(S);
      out.layer(layer, best ? static_cast<double>(*best) : std::nan(""), "node");
      drawn = {best.value_or(1)};  // where it is undefined, all nodes are alike: without weights
    }
    arma::mat points(W.n_cols, 0);
    for (const std::uint64_t k : drawn) {
      arma::vec w(W.n_cols, arma::fill::zeros), c(w);
      for (arma::uword j = 0; j < w.n_elem; ++j)
        if (signal.counts(j, options)) w[j] = W(k - 1, j), c[j] = signal.c(k - 1, j);
      points.insert_cols(points.n_cols, arma::join_rows(w / arma::norm(w), c / arma::norm(c)));
      const std::string which = drawn.size() == 1 ? "" : "_" + std::to_string(k);
      out.layer(layer, S[k - 1], "snr_optimality" + which);
    }
    out.matrix("points", points);
  }

  static std::optional<std::uint64_t> first_largest(const arma::vec& S) {
    std::optional<std::uint64_t> best;
    for (arma::uword k = 0; k < S.n_elem; ++k)
      if (!std::isnan(S[k]) && (!best || S[k] > S[*best - 1])) best = k + 1;
    return best;
  }
};

}  // namespace

PIPELINE_METRIC(WeightsAgainstC, weights_against_c, "a node's weights against its signal, for a scatter plot")
