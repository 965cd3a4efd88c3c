// What the figures of merit share: the covariance of each layer's inputs with its nodes, gathered once a measurement.
//
//   layer with inputs x [inputs x N images], weights W [outputs x inputs], r = W x (no bias):
//   1. xn_j = x_j / (max over images of x_j + .001)              r still uses the x that was not rescaled
//   2. q_kj = sum over images of xn_j * (r_k - mean r_k)
//   3. a_j  = number of images with x_j > 0                      a count, not a rate
//   4. c_kj = q_kj / (a_j + .0001)
//
// Source: the notebook that accompanies Norridge 2020, arXiv 2002.04687, as coded (its text differs in 1 and in F).
#pragma once
#include <algorithm>
#include <cmath>
#include <pipeline/metric.hpp>

#include "centred_product.hpp"

namespace node_signal {
using namespace pipeline;
using centred_product::CentredProduct;

/// The options that all figures take, with the reference's choices as defaults.
struct Options {
  std::string rate = "positive", rescale = "max", inputs = "all";

  void declare(Parameters& p) {
    p.choice("rate", rate, {"positive", "above_mean", "none"},
             "a_j: images with x_j > 0, with x_j above its mean (a later notebook), or all images");
    p.choice("rescale", rescale, {"max", "none"}, "xn: x divided by its greatest value + .001, or x itself");
    p.choice("inputs", inputs, {"all", "live"}, "count every input, or only those that are not 0 on every image");
  }
  std::string words() const { return rate + ", " + rescale + ", " + inputs; }

  /// A share of lit images, or a greatest value, means nothing where inputs can be negative.
  void check(bool nonnegative) const {
    if (nonnegative) return;
    if (rate == "positive")
      throw std::invalid_argument("rate = positive needs inputs >= 0, but layer 1 has negative ones; set rate = none");
    if (rescale == "max")
      throw std::invalid_argument("rescale = max needs inputs >= 0, but layer 1 has negative ones; set rescale = none");
  }
};

/// Sums over the images for one layer.
struct LayerSums {
  CentredProduct product;  // of r and x
  arma::vec lit, largest,
      r_squares;           // [inputs] images with x > 0, greatest x; [outputs] sum of (r - its block's mean)^2
  std::vector<bool> live;  // [inputs] not 0 on every image
  bool negative = false;
};

struct Covariances final : Gatherer {
  std::vector<LayerSums> layers;

  explicit Covariances(std::size_t depth) : layers(depth) {}

  void see(const Block& block) override {
    for (std::size_t l = 1; l <= layers.size(); ++l) add(layers[l - 1], block, l);
  }

  static void add(LayerSums& s, const Block& block, std::size_t l) {
    const arma::fmat &x = block.x(l), &z = block.z(l);
    if (s.lit.is_empty()) {
      s.lit.zeros(x.n_rows);
      s.largest.zeros(x.n_rows);
      s.r_squares.zeros(z.n_rows);
      s.live.assign(x.n_rows, false);
    }
    arma::vec sum_x(x.n_rows, arma::fill::zeros);
    for (arma::uword n = 0; n < block.size; ++n)
      for (arma::uword j = 0; j < x.n_rows; ++j) {
        const double v = x(j, n);
        sum_x[j] += v;
        s.lit[j] += v > 0;
        s.largest[j] = std::max(s.largest[j], v);
        if (v != 0) s.live[j] = true;
        if (v < 0) s.negative = true;
      }
    s.product.add(z, block, l, sum_x);
    const arma::vec mean_r = s.product.block_a.tail_cols(1);
    for (arma::uword n = 0; n < block.size; ++n)
      for (arma::uword k = 0; k < z.n_rows; ++k) s.r_squares[k] += (z(k, n) - mean_r[k]) * (z(k, n) - mean_r[k]);
  }
};

/// How many images have x_j above the mean of x_j: needs the mean first, so a second pass.
struct AboveMean final : Gatherer {
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

inline void prepare(Evaluation& e) { e.gather<Covariances>("layer covariances", e.network().depth()); }

/// c [outputs x inputs] of one layer, and what it is made of.
struct Signal {
  arma::mat c;
  arma::vec a, scale;        // [inputs] a_j, and what x_j is divided by
  std::vector<bool> counts;  // [inputs] which of them the figures count
};

inline Signal make_signal(const Evaluation& e, std::size_t layer, const Options& options) {
  const auto& all = e.gathered<Covariances>("layer covariances").layers;
  const LayerSums& s = all[layer - 1];
  if (s.negative) options.check(false);
  Signal out{s.product.joined(), s.lit, s.largest + .001, s.live};
  if (options.rescale == "none") out.scale.ones();
  if (options.inputs == "all") out.counts.assign(s.live.size(), true);
  if (options.rate == "none") out.a.fill(s.product.samples);
  if (options.rate == "above_mean") {
    std::vector<arma::vec> means;
    for (const LayerSums& sums : all) means.push_back(arma::sum(sums.product.block_x, 1) / sums.product.samples);
    out.a = e.pass_again<AboveMean>("inputs above their mean", means).count[layer - 1];
  }
  for (arma::uword j = 0; j < out.a.n_elem; ++j) out.c.col(j) /= out.scale[j] * (out.a[j] + .0001);
  return out;
}

/// Made once a measurement for all figures with the same options.
inline const Signal& signal(const Evaluation& e, std::size_t layer, const Options& options) {
  return e.share("signal " + options.words() + " of layer " + std::to_string(layer),
                 [&] { return make_signal(e, layer, options); });
}

/// Variance over the images of each node's r, divided by their number. Without the signal's float32 products: never < 0.
inline arma::vec variances(const Evaluation& e, std::size_t layer) {
  const LayerSums& s = e.gathered<Covariances>("layer covariances").layers[layer - 1];
  const arma::mat& means = s.product.block_a;
  arma::vec mean(means.n_rows, arma::fill::zeros), squares = s.r_squares;
  for (arma::uword b = 0; b < means.n_cols; ++b) mean += means.col(b) * (s.product.block_sizes[b] / s.product.samples);
  for (arma::uword b = 0; b < means.n_cols; ++b)
    squares += s.product.block_sizes[b] * arma::square(means.col(b) - mean);
  return squares / s.product.samples;
}

/// The sums over inputs j that every figure is made of, one entry a node.
struct NodeSums {
  arma::vec wc, cc, ww, largest_c;  // sum w c, sum c^2, sum w^2, max |c|
  double disagreements = 0;         // how many (j, k) have w c < 0

  NodeSums(const arma::fmat& W, const Signal& signal) : wc(W.n_rows, arma::fill::zeros), cc(wc), ww(wc), largest_c(wc) {
    for (arma::uword j = 0; j < W.n_cols; ++j) {
      if (!signal.counts[j]) continue;
      for (arma::uword k = 0; k < W.n_rows; ++k) {
        const double w = W(k, j), c = signal.c(k, j);
        wc[k] += w * c;
        cc[k] += c * c;
        ww[k] += w * w;
        largest_c[k] = std::max(largest_c[k], std::abs(c));
        disagreements += w * c < 0;
      }
    }
  }

  /// Made once a measurement, like the signal.
  static const NodeSums& of(const Evaluation& e, std::size_t layer, const Options& options) {
    return e.share("node sums " + options.words() + " of layer " + std::to_string(layer),
                   [&] { return NodeSums(e.network().layer(layer).W, signal(e, layer, options)); });
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
