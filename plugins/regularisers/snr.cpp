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

constexpr double e = 1e-4;

/// A = D x x', with x centred over the batch and D = diag(1 / ((max_j + .001) (a_j + .0001))). A itself is never formed.
struct Signal {
  arma::fmat x_Dx;  // [inputs x 2 batch]: x, D x

  explicit Signal(const arma::fmat& inputs) {
    const arma::vec mean = arma::mean(arma::conv_to<arma::mat>::from(inputs), 1);
    const arma::fvec largest = arma::clamp(arma::max(inputs, 1), 0, arma::fdatum::inf);
    arma::fvec lit(inputs.n_rows, arma::fill::zeros), d = lit;
    for (arma::uword n = 0; n < inputs.n_cols; ++n)
      for (arma::uword j = 0; j < inputs.n_rows; ++j) lit[j] += inputs(j, n) > 0 ? 1.0f : 0.0f;
    for (arma::uword j = 0; j < d.n_elem; ++j)
      d[j] = static_cast<float>(1 / ((double{largest[j]} + .001) * (double{lit[j]} + .0001)));
    const arma::fmat x = inputs.each_col() - arma::conv_to<arma::fvec>::from(mean);
    x_Dx = arma::join_rows(x, x.each_col() % d);
  }
  arma::uword batch() const { return x_Dx.n_cols / 2; }
};

bool alive(double w_long, double c_long) { return w_long > 0 && c_long > 0; }
double optimality(double wc, double w_long, double c_long) {
  return alive(w_long, c_long) ? wc / ((c_long + e) * w_long) : 0;
}

/// The mean of S_k, with sums in double: 1 - S has the digits that S loses near 1.
double mean_optimality(const arma::fmat& W, const Signal& signal) {
  const arma::uword batch = signal.batch();
  const arma::fmat c = (W * signal.x_Dx.head_cols(batch)) * signal.x_Dx.tail_cols(batch).t();
  arma::mat sums(W.n_rows, 3, arma::fill::zeros);
  double *const ww = sums.colptr(0), *const cc = sums.colptr(1), *const wc = sums.colptr(2);
  // Column by column and by pointers, here and below: compilers vectorise such loops.
  for (arma::uword j = 0; j < W.n_cols; ++j) {
    const float *const w_j = W.colptr(j), *const c_j = c.colptr(j);
    for (arma::uword k = 0; k < W.n_rows; ++k) {
      const double w_jk = w_j[k], c_jk = c_j[k];
      ww[k] += w_jk * w_jk, cc[k] += c_jk * c_jk, wc[k] += w_jk * c_jk;
    }
  }
  double sum = 0;
  for (arma::uword k = 0; k < W.n_rows; ++k) sum += optimality(wc[k], std::sqrt(ww[k]), std::sqrt(cc[k]));
  return sum / static_cast<double>(W.n_rows);
}

/// With u = x'w, v = x'D w and G = x'D D x:
///   c = D x u,   w.c = u.v,   |c|^2 = u.G u,   A'w = x v,   A'c = x G u
/// So the gradient needs no c: the weights and the gradient are each touched by one product, twice as wide as a batch.
struct Nodes {
  arma::mat u, v, Gu;           // [outputs x batch], of each node
  arma::vec w_long, c_long, s;  // |w_k|, |c_k|, S_k

  Nodes(const arma::fmat& W, const Signal& signal) : w_long(lengths(W)), s(W.n_rows) {
    const arma::uword batch = signal.batch();
    const arma::mat products = arma::conv_to<arma::mat>::from(arma::fmat(W * signal.x_Dx));
    u = products.head_cols(batch), v = products.tail_cols(batch);
    const arma::mat Dx = arma::conv_to<arma::mat>::from(signal.x_Dx.tail_cols(batch));
    Gu = u * arma::mat(Dx.t() * Dx);
    c_long = arma::sqrt(arma::clamp(arma::sum(u % Gu, 1), 0, arma::datum::inf));
    const arma::vec wc = arma::sum(u % v, 1);
    for (arma::uword k = 0; k < s.n_elem; ++k) s[k] = optimality(wc[k], w_long[k], c_long[k]);
  }

 private:
  static arma::vec lengths(const arma::fmat& W) {
    constexpr arma::uword block = 16;  // squares are added in float32, which is faster, and such sums in double
    arma::vec ww(W.n_rows, arma::fill::zeros);
    arma::fvec some(W.n_rows);
    double* const all = ww.memptr();
    for (arma::uword j = 0; j < W.n_cols; ++j) {
      float* const to = some.memptr();
      const float* const w = W.colptr(j);
      if (j % block == 0)
        for (arma::uword k = 0; k < W.n_rows; ++k) to[k] = w[k] * w[k];
      else
        for (arma::uword k = 0; k < W.n_rows; ++k) to[k] += w[k] * w[k];
      if (j % block == block - 1 || j + 1 == W.n_cols)
        for (arma::uword k = 0; k < W.n_rows; ++k) all[k] += to[k];
    }
    return arma::sqrt(ww);
  }
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
    return lambda * (1 - mean_optimality(w.W, Signal(pass.x)));
  }
  void add_gradient(const Layer& w, const LayerPass& pass, Layer& gradient, const Step&) const override {
    const Signal signal(pass.x);
    const Nodes n(w.W, signal);
    // dS/dw = a c + A'(a w - b c) - along w = D x (a u) + x (a v - b G u) - along w; all 0 where w or c is 0
    const double share = lambda / static_cast<double>(w.outputs());
    arma::vec a(w.outputs(), arma::fill::zeros), b = a;
    arma::fvec along(w.outputs(), arma::fill::zeros);
    for (arma::uword k = 0; k < w.outputs(); ++k) {
      if (!alive(n.w_long[k], n.c_long[k])) continue;
      a[k] = share / ((n.c_long[k] + e) * n.w_long[k]);
      b[k] = share * n.s[k] / (n.c_long[k] * (n.c_long[k] + e));
      along[k] = static_cast<float>(share * n.s[k] / n.w_long[k] / n.w_long[k]);
    }
    const arma::mat of_x = n.Gu.each_col() % b - n.v.each_col() % a, of_Dx = -(n.u.each_col() % a);
    gradient.W += arma::conv_to<arma::fmat>::from(arma::join_rows(of_x, of_Dx)) * signal.x_Dx.t();
    for (arma::uword j = 0; j < w.inputs(); ++j) {
      const float *const w_j = w.W.colptr(j), *const times = along.memptr();
      float* const g = gradient.W.colptr(j);
      for (arma::uword k = 0; k < w.outputs(); ++k) g[k] += times[k] * w_j[k];
    }
  }
};

}  // namespace

PIPELINE_REGULARISER(Snr, snr, "penalty lambda * mean of 1 - S, which raises SNR optimality")
