// max_norm: limits the length of each node's incoming weight vector.
//
//   after each update, for each node k:   if |w_k| > limit:   w_k = w_k * limit / |w_k|
//
//   w_k  row k of W: every weight that node k receives (and its bias, if biases = yes)     |.|  Euclidean length
//   A vector no longer than the limit is not changed at all, not even by rounding.   limit = inf changes nothing.
//   If no vector ever exceeds the limit, the summary and run.json say so.
//
// Source: Srivastava et al. 2014, JMLR 15, 1929-1958, section 5.1. No epsilon (Keras' MaxNorm adds one).
// See also: l2, spectral_norm, weight_norm.
#include <pipeline/regulariser.hpp>

#include <bit>
#include <cmath>
#include <pipeline/numbers.hpp>

namespace {
using namespace pipeline;

class MaxNorm final : public Regulariser, public AfterLayerUpdate {
  float limit = 3;
  Counts longest;  // one number: the bits of the length of the longest vector seen

  void declare(Parameters& p) override {
    p.number("limit", limit, above(0).up_to(infinity), "largest length of a node's incoming weight vector")
        .neutral("inf");
  }

  void declare_state(State& state) override { state.counts("longest", longest, 1); }
  std::string remark() const override {
    const auto length = std::bit_cast<double>(longest[0]);
    if (length == 0 || length > limit || std::isinf(limit)) return "";
    const int decimals = decimals_for({limit, length}, 3);
    return "never acted: the longest weight vector was " + fixed(length, decimals) + ", the limit is " +
           fixed(limit, decimals);
  }

  void after_update(arma::fmat& W, arma::fvec& b, std::size_t, const Step&) const override {
    std::vector<double> squares(W.n_rows, 0.0);
    for (arma::uword j = 0; j < W.n_cols; ++j)
      for (arma::uword k = 0; k < W.n_rows; ++k) squares[k] += double{W(k, j)} * W(k, j);
    for (arma::uword k = 0; k < b.n_elem; ++k) squares[k] += double{b(k)} * b(k);
    for (arma::uword k = 0; k < W.n_rows; ++k) {
      const double length = std::sqrt(squares[k]);
      if (length > std::bit_cast<double>(longest[0])) longest[0] = std::bit_cast<std::int64_t>(length);
      if (length <= limit) continue;
      const auto scale = static_cast<float>(limit / length);
      W.row(k) *= scale;
      if (!b.is_empty()) b(k) *= scale;
    }
  }
};

}  // namespace

PIPELINE_REGULARISER(MaxNorm, max_norm, "limits the length of each node's incoming weights")
