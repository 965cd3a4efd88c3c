#include <cmath>

#include "learning/kernels/level.hpp"

namespace pipeline::learning::kernels {
namespace {

float at(const Dense& A, std::size_t k, std::size_t i) {
  return A.data[A.transposed ? k * A.stride + i : i * A.stride + k];
}

float at(const Sparse& b, std::size_t row, std::size_t column) {
  const Nonzero* e = b.first + b.begin[column];
  while (e->row < row) ++e;
  return e->row == row ? e->value : 0;
}

float chain(const Dense& A, const Sparse& b, std::size_t k, std::size_t c) {
  float sum = 0;
  for (std::size_t i = 0; i < A.inner; ++i) sum = std::fma(at(b, i, c), at(A, k, i), sum);
  return sum + 0.0f;
}

std::size_t list(const float* x, std::size_t count, Nonzero* out) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < count; ++i)
    if (x[i] != 0) out[kept++] = {static_cast<std::uint32_t>(i), x[i]};
  return kept;
}

std::size_t panels(std::size_t) { return 1; }

void product(const Dense& A, const Sparse& b, float* y, std::size_t stride, Panels) {
  for (std::size_t c = 0; c < b.columns; ++c)
    for (std::size_t k = 0; k < A.outputs; ++k) y[c * stride + k] = chain(A, b, k, c);
}

void descend(const Dense& A, const Sparse& b, float* w, std::size_t stride, float rate, Panels) {
  for (std::size_t c = 0; c < b.columns; ++c)
    for (std::size_t k = 0; k < A.outputs; ++k)
      w[c * stride + k] = std::fma(-rate, chain(A, b, k, c), w[c * stride + k]);
}

}  // namespace

const Level plain = {"plain", list, panels, product, descend};

}  // namespace pipeline::learning::kernels
