// The covariance of a layer's inputs with other values, gathered block by block: float32 within a block, double across
// blocks.
//
//   sum over samples of (a - mean a) x'        a [rows x samples]   x [inputs x samples]: what a layer receives
//
// Each block is centred by its own mean. joined() combines the blocks:
//   the whole sum = sum over blocks of [ the block's own sum + (its mean a - mean a) * its sum of x' ]
// It is exactly 0 for a row of a that is the same on every sample; for such an x it is only nearly 0.
#pragma once
#include <pipeline/metric.hpp>
#include <stdexcept>

namespace centred_product {
using namespace pipeline;

/// Sums over the columns of a block, in double.
inline arma::vec row_sums(const arma::fmat& a) {
  arma::vec sums(a.n_rows, arma::fill::zeros);
  for (arma::uword n = 0; n < a.n_cols; ++n) {
    const float* const column = a.colptr(n);
    double* const sum = sums.memptr();  // pointers, here and below: compilers do not vectorise a(k, n)
    for (arma::uword k = 0; k < a.n_rows; ++k) sum[k] += column[k];
  }
  return sums;
}

inline void add_times(const double* __restrict x, double factor, arma::uword size, double* __restrict sum) {
  for (arma::uword k = 0; k < size; ++k) sum[k] += x[k] * factor;
}

struct CentredProduct {
  arma::mat block_a, block_x;       // one column per block: its mean a, and its sum of x
  std::vector<double> block_sizes;  // number of samples in each block
  double samples = 0;

  /// Adds a block: x is what `layer` receives in it, sum_x the sum over its columns. `centred` is scratch space.
  void add(const arma::fmat& a, const Block& block, std::size_t layer, const arma::vec& sum_x, arma::fmat& centred) {
    if (is_joined_) throw std::logic_error("CentredProduct: add() called after joined()");
    const double size = static_cast<double>(a.n_cols);
    const arma::vec mean_a = row_sums(a) / size;
    centred.set_size(a.n_rows, a.n_cols);
    for (arma::uword n = 0; n < a.n_cols; ++n) {
      const float* const from = a.colptr(n);
      const double* const mean = mean_a.memptr();
      float* const to = centred.colptr(n);
      for (arma::uword k = 0; k < a.n_rows; ++k) to[k] = static_cast<float>(from[k] - mean[k]);
    }
    block.add_times_inputs(centred, layer, sum_);
    block_a.insert_cols(block_a.n_cols, mean_a);
    block_x.insert_cols(block_x.n_cols, sum_x);
    block_sizes.push_back(size);
    samples += size;
  }

  /// The mean of a over all samples; exact for a row that is the same on every sample.
  arma::vec mean_a() const {
    arma::vec mean(block_a.n_rows, arma::fill::zeros);
    for (arma::uword b = 0; b < block_a.n_cols; ++b) mean += block_a.col(b) * (block_sizes[b] / samples);
    for (arma::uword k = 0; k < mean.n_elem; ++k)
      if (block_a.row(k).min() == block_a.row(k).max()) mean[k] = block_a(k, 0);
    return mean;
  }

  /// The whole sum. No block can be added afterwards: the result replaces the blocks' own sums.
  const arma::mat& joined() const {
    if (is_joined_) return sum_;
    arma::mat shift = block_a;
    shift.each_col() -= mean_a();
    // Input by input: a single product would need as much memory as sum_ again.
    for (arma::uword j = 0; j < sum_.n_cols; ++j)
      for (arma::uword b = 0; b < shift.n_cols; ++b)
        add_times(shift.colptr(b), block_x(j, b), sum_.n_rows, sum_.colptr(j));
    is_joined_ = true;
    return sum_;
  }

 private:
  mutable arma::mat sum_;  // [rows x inputs] the blocks' own sums, added up; after joined() the whole sum
  mutable bool is_joined_ = false;
};

}  // namespace centred_product
