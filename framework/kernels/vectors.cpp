#include <pipeline/vectors.hpp>

#include <algorithm>
#include <cstddef>

#include "kernels/choose.hpp"
#include "kernels/for_each_level.hpp"

namespace pipeline {

namespace {
constexpr std::size_t kSums = 16;

/// A product of two floats is exact in double, so it makes no difference whether a level fuses it with the addition.
FOR_EACH_LEVEL void add_products(const float* __restrict a, const float* __restrict b, std::size_t blocks,
                                 double* __restrict sums) {
  double s[kSums] = {};
  for (std::size_t i = 0; i < blocks; ++i, a += kSums, b += kSums)
    for (std::size_t k = 0; k < kSums; ++k) s[k] += static_cast<double>(a[k]) * static_cast<double>(b[k]);
  for (std::size_t k = 0; k < kSums; ++k) sums[k] = s[k];
}
}  // namespace

double dot(std::span<const float> a, std::span<const float> b) {
  double sums[kSums];
  const std::size_t whole = a.size() / kSums * kSums;
  add_products(a.data(), b.data(), a.size() / kSums, sums);
  for (std::size_t i = whole; i < a.size(); ++i) sums[i - whole] += double{a[i]} * b[i];
  for (std::size_t half = kSums / 2; half > 0; half /= 2)
    for (std::size_t k = 0; k < half; ++k) sums[k] += sums[k + half];
  return sums[0];
}

void raise_sizes(std::span<float> x, float power) {
  if (power != 1) kernels::best().powers(x.data(), x.size(), power);
}

}  // namespace pipeline
