// Samples converted to float32 on demand; the dataset stays in memory as it was loaded, bytes as bytes.
#pragma once
#include <pipeline/dataset.hpp>
#include <span>

namespace pipeline::learning {

class Inputs {
 public:
  explicit Inputs(const Samples& samples);
  std::size_t size() const { return samples_.size(); }
  std::size_t features() const { return samples_.features(); }
  std::span<const std::uint16_t> labels() const { return samples_.labels; }
  std::span<const std::uint8_t> marked() const { return samples_.marked; }
  bool nonnegative() const { return nonnegative_; }

  /// Columns of out = the listed samples.
  void widen(std::span<const std::uint32_t> which, arma::fmat& out) const;
  /// Columns of out = samples first .. first + count - 1.
  void widen(std::size_t first, std::size_t count, arma::fmat& out) const;

 private:
  void widen_one(std::size_t sample, float* out) const;
  void prefetch(std::size_t sample) const;
  const Samples& samples_;
  bool nonnegative_;
};

}  // namespace pipeline::learning
