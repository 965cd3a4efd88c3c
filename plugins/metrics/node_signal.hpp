// Shared by the signal metrics: the covariance of each layer's inputs with its nodes, gathered once per measurement.
//
//   layer with inputs x [inputs x N samples], weights W [outputs x inputs], r = W x (no bias):
//   1. xn_j = x_j / (max over samples of x_j + .001)             r uses x, not xn
//   2. q_kj = sum over samples of xn_j * (r_k - mean r_k)
//   3. a_j  = number of samples with x_j > 0                     a count, not a rate
//   4. c_kj = q_kj / (a_j + .0001)
//   c_kj is exactly 0, without the rounding error of 2, where x_j or r_k is the same on every sample.
//
// Source: the notebook that accompanies Norridge 2020, arXiv 2002.04687, as coded (its text differs in 1 and in F of
// signal_factor).
#pragma once
#include <algorithm>
#include <cmath>
#include <limits>
#include <pipeline/metric.hpp>

#include "centred_product.hpp"

namespace node_signal {
using namespace pipeline;
using centred_product::CentredProduct;

/// The options common to the signal metrics; the defaults are the reference's choices.
struct Options {
  std::string rate = "positive", rescale = "max", inputs = "all";

  void declare(Parameters& p) {
    p.choice("rate", rate, {"positive", "above_mean", "none"},
             "a_j: number of samples with x_j > 0, with x_j above its mean (a later notebook), or of all samples");
    p.choice("rescale", rescale, {"max", "none"}, "xn: x divided by its largest value + .001, or x itself");
    p.choice("inputs", inputs, {"all", "live"},
             "sum over every input, or only over those that are not 0 on every sample");
  }

  /// A count of x > 0 or a largest x is meaningless where inputs can be negative.
  void check(const std::string& layers_with_negatives) const {
    const bool counts = rate == "positive", divides = rescale == "max";
    if (layers_with_negatives.empty() || (!counts && !divides)) return;
    const std::string has = " inputs >= 0, but " + layers_with_negatives + "; set ";
    if (counts && divides)
      throw Misfit("rate", "= positive and rescale = max need" + has + "rate = none and rescale = none");
    throw counts ? Misfit("rate", "= positive needs" + has + "rate = none")
                 : Misfit("rescale", "= max needs" + has + "rescale = none");
  }
  /// Of one layer, or of all: `layer` = 0.
  void check(const NetworkShape& shape, bool nonnegative_samples, std::size_t layer = 0) const {
    if (!nonnegative_samples && layer <= 1) return check("layer 1 has negative ones");
    for (std::size_t l = 2; l <= shape.layers(); ++l)
      if (const ActivationFunction f = shape.activation(l - 1); (layer == 0 || l == layer) && can_be_negative(f))
        return check("layer " + std::to_string(l) + " can have negative ones after " + name_of(f));
  }
};

/// Sums over the samples for one layer.
struct LayerSums {
  CentredProduct product;            // of r and x
  arma::vec lit, largest, smallest;  // [inputs] samples with x > 0; largest and smallest x
  arma::vec r_squares;               // [outputs] sum of (r - its block's mean)^2

  bool negative() const { return smallest.min() < 0; }
  bool varies(std::size_t j) const { return largest[j] != smallest[j]; }
  /// Which inputs are not 0 on every sample.
  std::vector<bool> live() const {
    std::vector<bool> is(largest.n_elem);
    for (std::size_t j = 0; j < is.size(); ++j) is[j] = largest[j] > 0 || smallest[j] < 0;
    return is;
  }
};

struct Covariances final : Gatherer {
  static constexpr int shared_layout = 2;
  std::vector<LayerSums> layers;
  arma::fmat room;

  explicit Covariances(std::size_t depth) : layers(depth) {}

  void see(const Block& block) override {
    for (std::size_t l = 1; l <= layers.size(); ++l) add(layers[l - 1], block, l, room);
  }

  static void add(LayerSums& s, const Block& block, std::size_t l, arma::fmat& room) {
    const arma::fmat &x = block.x(l), &z = block.z(l);
    if (s.lit.is_empty()) {
      s.lit.zeros(x.n_rows);
      s.largest = s.smallest = arma::conv_to<arma::vec>::from(x.col(0));
      s.r_squares.zeros(z.n_rows);
    }
    arma::vec sum_x(x.n_rows, arma::fill::zeros);
    for (arma::uword n = 0; n < block.size; ++n)
      see_sample(x.colptr(n), x.n_rows, sum_x.memptr(), s.lit.memptr(), s.largest.memptr(), s.smallest.memptr());
    s.product.add(z, block, l, sum_x, room);
    const arma::vec mean_r = s.product.block_a.tail_cols(1);
    for (arma::uword n = 0; n < block.size; ++n) {
      const float* const r = z.colptr(n);
      const double* const mean = mean_r.memptr();
      double* const squares = s.r_squares.memptr();
      for (arma::uword k = 0; k < z.n_rows; ++k) squares[k] += (r[k] - mean[k]) * (r[k] - mean[k]);
    }
  }

  static void see_sample(const float* __restrict x, arma::uword inputs, double* __restrict sum, double* __restrict lit,
                         double* __restrict largest, double* __restrict smallest) {
    for (arma::uword j = 0; j < inputs; ++j) {
      const double v = x[j];
      sum[j] += v;
      lit[j] += v > 0 ? 1.0 : 0.0;
      largest[j] = largest[j] < v ? v : largest[j];
      smallest[j] = v < smallest[j] ? v : smallest[j];
    }
  }
};

/// The number of samples with x_j above the mean of x_j. Needs the mean first, hence a second pass.
struct AboveMean final : Gatherer {
  static constexpr int shared_layout = 1;
  std::vector<arma::vec> mean, count;

  explicit AboveMean(std::vector<arma::vec> means) : mean(std::move(means)) {
    for (const arma::vec& m : mean) count.emplace_back(m.n_elem, arma::fill::zeros);
  }
  void see(const Block& block) override {
    for (std::size_t l = 0; l < mean.size(); ++l)
      for (arma::uword n = 0; n < block.size; ++n)
        for (arma::uword j = 0; j < mean[l].n_elem; ++j) count[l][j] += block.x(l + 1)(j, n) > mean[l][j];
  }
};

inline void prepare(Evaluation& e) { e.gather<Covariances>(e.network().depth()); }

/// c [outputs x inputs] of one layer, as its factors.
struct Signal {
  static constexpr int shared_layout = 2;
  const arma::mat* q;              // gathered
  arma::vec a, scale;              // [inputs] a_j, and the divisor of x_j
  std::vector<bool> live, varies;  // [inputs] not 0 on every sample; not the same on every sample

  /// Infinite where c is 0 although rounding errors are left of q.
  double divisor(std::size_t j) const {
    return varies[j] ? scale[j] * (a[j] + .0001) : std::numeric_limits<double>::infinity();
  }
  double c(std::size_t k, std::size_t j) const { return (*q)(k, j) / divisor(j); }
  /// Whether the metrics sum over input j.
  bool counts(std::size_t j, const Options& options) const { return options.inputs == "all" || live[j]; }
};

inline Signal make_signal(const Evaluation& e, std::size_t layer, const Options& options) {
  const auto& all = e.gathered<Covariances>(e.network().depth()).layers;
  const LayerSums& s = all[layer - 1];
  if (s.negative()) options.check("layer " + std::to_string(layer) + " has negative ones");
  Signal out{&s.product.joined(), s.lit, s.largest + .001, s.live(), {}};
  for (std::size_t j = 0; j < s.largest.n_elem; ++j) out.varies.push_back(s.varies(j));
  if (options.rescale == "none") out.scale.ones();
  if (options.rate == "none") out.a.fill(s.product.samples);
  if (options.rate == "above_mean") {
    std::vector<arma::vec> means;
    means.reserve(all.size());
    for (const LayerSums& sums : all) means.push_back(arma::sum(sums.product.block_x, 1) / sums.product.samples);
    out.a = e.pass_again<AboveMean>([&] { return AboveMean(means); }).count[layer - 1];
  }
  return out;
}

/// Made once per measurement for all metrics with the same `rate` and `rescale`; `inputs` may differ.
inline const Signal& signal(const Evaluation& e, std::size_t layer, const Options& options) {
  return e.share<Signal>([&] { return make_signal(e, layer, options); }, options.rate, options.rescale, layer);
}

/// Variance of each node's r over the samples; divides by their number. Avoids the signal's float32 products, so it is
/// never below 0.
inline arma::vec variances(const Evaluation& e, std::size_t layer) {
  const LayerSums& s = e.gathered<Covariances>(e.network().depth()).layers[layer - 1];
  const arma::mat& means = s.product.block_a;
  const arma::vec mean = s.product.mean_a();
  arma::vec squares = s.r_squares;
  for (arma::uword b = 0; b < means.n_cols; ++b)
    squares += s.product.block_sizes[b] * arma::square(means.col(b) - mean);
  return squares / s.product.samples;
}

/// The sums over inputs j from which the metrics are computed, one entry per node.
struct NodeSums {
  static constexpr int shared_layout = 2;
  arma::vec wc, cc, ww, largest_c;  // sum w c, sum c^2, sum w^2, max |c|
  double disagreements = 0;         // number of (j, k) with w c < 0

  NodeSums(const arma::fmat& W, const Signal& signal, const Options& options)
      : wc(W.n_rows, arma::fill::zeros), cc(wc), ww(wc), largest_c(wc) {
    for (arma::uword j = 0; j < W.n_cols; ++j) {
      if (!signal.counts(j, options)) continue;
      disagreements += static_cast<double>(add(W.colptr(j), signal.q->colptr(j), signal.divisor(j), W.n_rows,
                                               wc.memptr(), cc.memptr(), ww.memptr(), largest_c.memptr()));
    }
  }

  /// Adds the terms of input j to each node; returns the number of nodes with w c < 0, as a whole number so that the
  /// compiler may add it up in any order.
  static std::int64_t add(const float* __restrict w, const double* __restrict q, double divisor, arma::uword nodes,
                          double* __restrict wc, double* __restrict cc, double* __restrict ww,
                          double* __restrict largest_c) {
    std::int64_t disagree = 0;
    for (arma::uword k = 0; k < nodes; ++k) {
      const double c = q[k] / divisor, product = w[k] * c, size = std::abs(c);
      wc[k] += product;
      cc[k] += c * c;
      ww[k] += double{w[k]} * w[k];
      largest_c[k] = largest_c[k] < size ? size : largest_c[k];
      disagree += product < 0;
    }
    return disagree;
  }

  /// Made once per measurement, like the signal.
  static const NodeSums& of(const Evaluation& e, std::size_t layer, const Options& options) {
    return e.share<NodeSums>([&] { return NodeSums(e.network().layer(layer).W, signal(e, layer, options), options); },
                             options.rate, options.rescale, options.inputs, layer);
  }

  /// S_k = sum_j w c / ((|c_k| + .0001) |w_k|): 0 where c_k = 0, NaN where w_k = 0.
  arma::vec snr_optimality() const { return wc / ((arma::sqrt(cc) + .0001) % arma::sqrt(ww)); }
  /// F_k = sum_j w c / (max_j |c| |w_k|): NaN where c_k = 0 or w_k = 0.
  arma::vec signal_factor() const { return wc / (largest_c % arma::sqrt(ww)); }
};

/// The mean over the nodes that have a value; NaN if none has.
inline double mean_of_defined(const arma::vec& nodes) {
  double sum = 0, defined = 0;
  for (const double x : nodes)
    if (!std::isnan(x)) sum += x, ++defined;
  return sum / defined;
}

}  // namespace node_signal
