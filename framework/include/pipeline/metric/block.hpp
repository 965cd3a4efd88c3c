// What a metric sees of the samples: blocks of them, and what a network makes of them.
#pragma once
#include <cstdint>
#include <span>
#include <string>

#include <pipeline/network.hpp>

namespace pipeline {

/// Consecutive samples and what a network makes of them. Lives only during see(). Blocks come in order.
class Block {
 public:
  virtual ~Block() = default;
  std::size_t first = 0, size = 0;        // samples first .. first + size - 1 of the split
  std::span<const std::uint16_t> labels;  // [size]
  std::span<const std::uint8_t> marked;   // [size], or empty: which samples a wrapper of the dataset marked
  /// The loss of each sample, without penalties [size].
  virtual std::span<const double> losses() const = 0;
  /// The inputs of layer l [inputs x size]: x(1) is the samples themselves. And W x + b, before the activation
  /// [outputs x size].
  virtual const arma::fmat& x(std::size_t layer) const = 0;
  virtual const arma::fmat& z(std::size_t layer) const = 0;
  const arma::fmat& logits() const { return z(depth()); }
  virtual std::size_t depth() const = 0;
  /// Gradient of each sample's own loss by z [outputs x size]. By the weights it is dz(:, n) x(:, n)' for sample n, by
  /// the biases dz(:, n): a gradient in two factors.
  virtual const arma::fmat& dz(std::size_t layer) const = 0;
  /// sum += d x(l)'  [rows x inputs] for d [rows x size]: a product in float32, added in double. An empty sum starts as
  /// 0. Throws std::invalid_argument where the sizes do not match.
  virtual void add_times_inputs(const arma::fmat& d, std::size_t layer, arma::mat& sum) const = 0;

  /// The same samples through other weights of this shape, which must stay unchanged until see() returns; or other
  /// inputs [features x size] through the same weights.
  virtual const Block& at(const Network& weights) const = 0;
  virtual const Block& with(const arma::fmat& inputs) const = 0;
  /// The same samples through another model of `compares`, as it is measured at this step; "control" is the untrained
  /// network. A model that a regulariser stopped is seen as it was then. Null where the model failed.
  virtual const Block* other(const std::string& model) const = 0;
};

/// Sees every block of a pass, in order; then measure() reads it. A new one is created for every measurement.
class PIPELINE_API Gatherer {
 public:
  virtual ~Gatherer() = default;
  virtual void see(const Block& block) = 0;
};

}  // namespace pipeline
