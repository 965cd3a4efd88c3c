#include "learning/loss.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace pipeline::learning {

namespace {

void softmax_gradient(const arma::fmat& logits, const arma::fmat& targets, arma::fmat& dz) {
  const float share = 1.0f / static_cast<float>(logits.n_cols);
  dz.set_size(logits.n_rows, logits.n_cols);
  for (arma::uword n = 0; n < logits.n_cols; ++n) {
    const float* z = logits.colptr(n);
    float* d = dz.colptr(n);
    const float largest = *std::max_element(z, z + logits.n_rows);  // subtracted, so that exp cannot overflow
    float sum = 0;
    for (arma::uword k = 0; k < logits.n_rows; ++k) sum += d[k] = std::exp(z[k] - largest);
    for (arma::uword k = 0; k < logits.n_rows; ++k) d[k] = (d[k] / sum - targets(k, n)) * share;
  }
}

// Below, what a class has less than 1 is computed as what the others have, and never as a difference from 1, of which
// few digits would be left where the network is nearly certain.

void softmax_gradients(const arma::fmat& logits, std::span<const std::uint16_t> labels, arma::fmat& dz) {
  dz.set_size(logits.n_rows, logits.n_cols);
  std::vector<double> exps(logits.n_rows);
  for (arma::uword n = 0; n < logits.n_cols; ++n) {
    const float* z = logits.colptr(n);
    const double largest = *std::max_element(z, z + logits.n_rows);
    double sum = 0, others = 0;
    for (arma::uword k = 0; k < logits.n_rows; ++k) {
      sum += exps[k] = std::exp(z[k] - largest);
      if (k != labels[n]) others += exps[k];
    }
    for (arma::uword k = 0; k < logits.n_rows; ++k)
      dz(k, n) = static_cast<float>((k == labels[n] ? -others : exps[k]) / sum);
  }
}

void cross_entropies(const arma::fmat& logits, std::span<const std::uint16_t> labels, std::span<double> losses) {
  for (arma::uword n = 0; n < logits.n_cols; ++n) {
    const float *z = logits.colptr(n), *first_largest = std::max_element(z, z + logits.n_rows);
    const double largest = *first_largest;
    double others = 0;
    for (const float* x = z; x < z + logits.n_rows; ++x)
      if (x != first_largest) others += std::exp(*x - largest);
    losses[n] = largest - z[labels[n]] + std::log1p(others);
  }
}

/// The difference between output k and the target of a sample with this label.
double distance(const arma::fmat& logits, arma::uword k, arma::uword n, std::uint16_t label) {
  return double{logits(k, n)} - (k == label);
}

}  // namespace

void batch_gradient(LossFunction loss, const arma::fmat& logits, const arma::fmat& targets, arma::fmat& dz) {
  if (loss == LossFunction::cross_entropy) return softmax_gradient(logits, targets, dz);
  dz = (2.0f / static_cast<float>(logits.n_elem)) * (logits - targets);
}

void sample_gradients(LossFunction loss, const arma::fmat& logits, std::span<const std::uint16_t> labels,
                      arma::fmat& dz) {
  if (loss == LossFunction::cross_entropy) return softmax_gradients(logits, labels, dz);
  dz.set_size(logits.n_rows, logits.n_cols);
  for (arma::uword n = 0; n < logits.n_cols; ++n)
    for (arma::uword k = 0; k < logits.n_rows; ++k)
      dz(k, n) = static_cast<float>(2 * distance(logits, k, n, labels[n]) / static_cast<double>(logits.n_rows));
}

void sample_losses(LossFunction loss, const arma::fmat& logits, std::span<const std::uint16_t> labels,
                   std::span<double> losses) {
  if (loss == LossFunction::cross_entropy) return cross_entropies(logits, labels, losses);
  for (arma::uword n = 0; n < logits.n_cols; ++n) {
    double sum = 0;
    for (arma::uword k = 0; k < logits.n_rows; ++k) sum += std::pow(distance(logits, k, n, labels[n]), 2);
    losses[n] = sum / static_cast<double>(logits.n_rows);
  }
}

void one_hot(std::span<const std::uint16_t> labels, std::size_t classes, arma::fmat& targets) {
  targets.zeros(classes, labels.size());
  for (std::size_t n = 0; n < labels.size(); ++n) targets(labels[n], n) = 1;
}

}  // namespace pipeline::learning
