#include "learning/loss.hpp"

#include <algorithm>
#include <cmath>

namespace pipeline::learning {

namespace {

/// dz = (softmax(logits) - y) * share, with y(k, n) the target of class k.
template <class Target>
void softmax_minus(const arma::fmat& logits, const Target& y, float share, arma::fmat& dz) {
  dz.set_size(logits.n_rows, logits.n_cols);
  for (arma::uword n = 0; n < logits.n_cols; ++n) {
    const float* z = logits.colptr(n);
    float* d = dz.colptr(n);
    const float largest = *std::max_element(z, z + logits.n_rows);  // subtracted, so that exp cannot overflow
    float sum = 0;
    for (arma::uword k = 0; k < logits.n_rows; ++k) sum += d[k] = std::exp(z[k] - largest);
    for (arma::uword k = 0; k < logits.n_rows; ++k) d[k] = (d[k] / sum - y(k, n)) * share;
  }
}

}  // namespace

void softmax_gradient(const arma::fmat& logits, const arma::fmat& targets, arma::fmat& dz) {
  softmax_minus(logits, targets, 1.0f / static_cast<float>(logits.n_cols), dz);
}

void sample_gradients(const arma::fmat& logits, std::span<const std::uint16_t> labels, arma::fmat& dz) {
  softmax_minus(
      logits, [&](arma::uword k, arma::uword n) { return labels[n] == k ? 1.0f : 0.0f; }, 1.0f, dz);
}

void sample_losses(const arma::fmat& logits, std::span<const std::uint16_t> labels, std::span<double> losses) {
  for (arma::uword n = 0; n < logits.n_cols; ++n) {
    const float* z = logits.colptr(n);
    const double largest = *std::max_element(z, z + logits.n_rows);
    double sum = 0;
    for (arma::uword k = 0; k < logits.n_rows; ++k) sum += std::exp(z[k] - largest);
    losses[n] = largest - z[labels[n]] + std::log(sum);
  }
}

void one_hot(std::span<const std::uint16_t> labels, std::size_t classes, arma::fmat& targets) {
  targets.zeros(classes, labels.size());
  for (std::size_t n = 0; n < labels.size(); ++n) targets(labels[n], n) = 1;
}

}  // namespace pipeline::learning
