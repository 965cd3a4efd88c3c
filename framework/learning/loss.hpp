// The losses (shape.hpp has their formulas): of a batch for training, of single samples for measuring. Logits are the
// outputs of the last layer, also where no softmax follows.
#pragma once
#include <armadillo>
#include <cstdint>
#include <pipeline/shape.hpp>
#include <span>

namespace pipeline::learning {

/// The gradient of the mean over the batch.  logits, targets, dz [classes x batch]
///   cross_entropy  dz = (softmax(logits) - targets) / batch, where each target column sums to 1
///   squared_error  dz = 2 (logits - targets) / (classes * batch)
void batch_gradient(LossFunction loss, const arma::fmat& logits, const arma::fmat& targets, arma::fmat& dz);

/// The gradient of each sample's loss, softmax(logits) - one_hot(label) or 2 (logits - one_hot(label)) / classes, in
/// double and rounded once.
void sample_gradients(LossFunction loss, const arma::fmat& logits, std::span<const std::uint16_t> labels,
                      arma::fmat& dz);

/// The loss of each sample, natural logarithm, in double.
void sample_losses(LossFunction loss, const arma::fmat& logits, std::span<const std::uint16_t> labels,
                   std::span<double> losses);

/// Column n is 1 at labels[n], else 0.
void one_hot(std::span<const std::uint16_t> labels, std::size_t classes, arma::fmat& targets);

}  // namespace pipeline::learning
