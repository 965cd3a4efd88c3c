// snr: trains every node towards a high SNR optimality S, instead of only measuring S.
//
//   R     = lambda * sum over layers of the mean over nodes of (1 - S_k)            one number, in units of the loss
//   S_k   = w.c / ((|c| + e) |w|),   c = A w                                        S_k = 0 where w or c is 0
//   A_ji  = sum_n xn_nj (x_ni - mean x_i) / (a_j + .0001),   xn_j = x_j / (max_j + .001),   a_j = samples with x_j > 0
//   dS/dw = (c + A'w) / ((|c| + e) |w|) - S (A'c / (|c| (|c| + e)) + w / |w|^2)     0 where w or c is 0;   e = .0001
//
//   w  row k of W [outputs x inputs]     x  the layer's inputs [inputs x batch]; max_j is the largest x_j of the batch
//   max_j, a_j and A are held constant, and no gradient goes to the inputs. A negative x does not count in a_j.
//   S is computed over one batch here, but over all samples in the metric, so the two differ. So does loss.penalty,
//   which is the mean of R over blocks of 500 samples, not over batches: a larger batch usually has a smaller S.
//   lambda = 0 changes nothing.
//
// Source: S as in the metric snr_optimality (Norridge 2020, arXiv 2002.04687). With c held constant as well, the
// gradient is power iteration: it turns all nodes into one direction. Report stable_rank alongside S.
// See also: snr_optimality, stable_rank, node_snr.
#include <pipeline/regulariser.hpp>

#include <algorithm>
#include <cmath>

namespace {
using namespace pipeline;

/// A = diag(d) x x' with x centred. Only products with the batch are computed; A itself is never formed.
struct Nodes {
  static constexpr double e = 1e-4;
  arma::fmat x, c;              // [inputs x batch] centred; [outputs x inputs]
  arma::frowvec d;              // 1 / ((max_j + .001) (a_j + .0001))
  arma::vec w_long, c_long, s;  // |w_k|, |c_k|, S_k

  // Column by column and by pointers, here and below: compilers vectorise such loops.
  Nodes(const arma::fmat& W, const arma::fmat& inputs) : x(inputs), d(W.n_cols), s(W.n_rows, arma::fill::zeros) {
    arma::vec sum(x.n_rows, arma::fill::zeros);
    arma::fvec largest(x.n_rows, arma::fill::zeros), lit = largest;
    for (arma::uword n = 0; n < x.n_cols; ++n) {
      const float* const of_sample = x.colptr(n);
      for (arma::uword j = 0; j < x.n_rows; ++j) {
        sum[j] += of_sample[j];
        largest[j] = std::max(largest[j], of_sample[j]);
        lit[j] += of_sample[j] > 0 ? 1.0f : 0.0f;
      }
    }
    for (arma::uword j = 0; j < x.n_rows; ++j)
      d[j] = static_cast<float>(1 / ((double{largest[j]} + .001) * (double{lit[j]} + .0001)));
    const arma::fvec mean = arma::conv_to<arma::fvec>::from(sum / static_cast<double>(x.n_cols));
    x.each_col() -= mean;
    c = (W * x) * x.t();
    arma::vec ww(W.n_rows, arma::fill::zeros), cc = ww;
    for (arma::uword j = 0; j < W.n_cols; ++j) {
      const float* const w = W.colptr(j);
      float* const c_j = c.colptr(j);
      double *const to_ww = ww.memptr(), *const to_cc = cc.memptr(), *const to_wc = s.memptr();
      const float d_j = d[j];
      for (arma::uword k = 0; k < W.n_rows; ++k) {
        c_j[k] *= d_j;
        const double wk = w[k], ck = c_j[k];
        to_ww[k] += wk * wk, to_cc[k] += ck * ck, to_wc[k] += wk * ck;
      }
    }
    w_long = arma::sqrt(ww), c_long = arma::sqrt(cc);
    for (arma::uword k = 0; k < s.n_elem; ++k) s[k] = alive(k) ? s[k] / ((c_long[k] + e) * w_long[k]) : 0;
  }
  bool alive(arma::uword k) const { return w_long[k] > 0 && c_long[k] > 0; }
};

class Snr final : public Regulariser, public LayerPenalty {
  float lambda = 1;

  void declare(Parameters& p) override {
    p.number("lambda", lambda, at_least(0), "strength of the penalty lambda * mean (1 - S)").neutral("0");
  }
  bool acts_on_biases() const override { return false; }
  void check_training(const TrainingLength& training) const override {
    if (training.batch_size == 1)
      throw Misfit("batch_size", "= 1 has no covariance, and so no gradient; use larger batches, or leave it out");
  }

  double value(const Layer& w, const LayerPass& pass, const Step&) const override {
    return lambda * (1 - arma::mean(Nodes(w.W, pass.x).s));
  }
  void add_gradient(const Layer& w, const LayerPass& pass, Layer& gradient, const Step&) const override {
    const Nodes n(w.W, pass.x);
    // dS/dw = c / alpha + A' (w / alpha - S c / beta) - S w / |w|^2, all 0 for a node whose w or c is 0
    arma::vec of_c(w.outputs(), arma::fill::zeros), of_S_c = of_c, along = of_c;
    for (arma::uword k = 0; k < w.outputs(); ++k) {
      if (!n.alive(k)) continue;
      of_c[k] = 1 / ((n.c_long[k] + Nodes::e) * n.w_long[k]);
      of_S_c[k] = n.s[k] / (n.c_long[k] * (n.c_long[k] + Nodes::e));
      along[k] = n.s[k] / n.w_long[k] / n.w_long[k];
    }
    const double *const a = of_c.memptr(), *const b = of_S_c.memptr(), *const to_w = along.memptr();
    arma::fmat through(arma::size(w.W));
    for (arma::uword j = 0; j < w.inputs(); ++j) {
      const float *const w_j = w.W.colptr(j), *const c = n.c.colptr(j);
      float* const to = through.colptr(j);
      const double d = n.d[j];
      for (arma::uword k = 0; k < w.outputs(); ++k) to[k] = static_cast<float>(d * (w_j[k] * a[k] - c[k] * b[k]));
    }
    through = (through * n.x) * n.x.t();
    const double share = lambda / static_cast<double>(w.outputs());
    for (arma::uword j = 0; j < w.inputs(); ++j) {
      const float *const w_j = w.W.colptr(j), *const c = n.c.colptr(j), *const more = through.colptr(j);
      float* const g = gradient.W.colptr(j);
      for (arma::uword k = 0; k < w.outputs(); ++k)
        g[k] -= static_cast<float>(share * (c[k] * a[k] + more[k] - w_j[k] * to_w[k]));
    }
  }
};

}  // namespace

PIPELINE_REGULARISER(Snr, snr, "penalty lambda * mean of 1 - S, which raises SNR optimality")
