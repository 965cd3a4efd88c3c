// Softmax and cross-entropy: of a batch for training, of single samples for measuring.
#pragma once
#include <armadillo>
#include <cstdint>
#include <span>

namespace pipeline::learning {

/// dz = (softmax(logits) - targets) / batch: the gradient of the mean of -sum_k y_k log p_k, where each target
/// column sums to 1.  logits, targets, dz [classes x batch]
void softmax_gradient(const arma::fmat& logits, const arma::fmat& targets, arma::fmat& dz);

/// dz = softmax(logits) - one_hot(label): the gradient of each sample's loss, computed in double and rounded once.
void sample_gradients(const arma::fmat& logits, std::span<const std::uint16_t> labels, arma::fmat& dz);

/// The loss of each sample, natural logarithm, in double.
void sample_losses(const arma::fmat& logits, std::span<const std::uint16_t> labels, std::span<double> losses);

/// Column n is 1 at labels[n], else 0.
void one_hot(std::span<const std::uint16_t> labels, std::size_t classes, arma::fmat& targets);

}  // namespace pipeline::learning
