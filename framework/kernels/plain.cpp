#include <cmath>

#include "kernels/draws.hpp"
#include "kernels/level.hpp"
#include "kernels/panels.hpp"

namespace pipeline::kernels {
namespace {

/// Panel p, row i, column k of the panel.
float at(const Dense& A, const Panel& p, std::size_t k, std::size_t i) {
  return A.data[p.first * A.inner + i * p.width + k];
}

const Nonzero* find(const Sparse& b, std::size_t row, std::size_t column) {
  const Nonzero* e = b.first + b.begin[column];
  while (e->row < row) ++e;
  return e->row == row ? e : nullptr;
}

std::size_t list(const float* x, std::size_t count, Nonzero* out) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < count; ++i)
    if (x[i] != 0) out[kept++] = {static_cast<std::uint32_t>(i), x[i]};
  return kept;
}

std::size_t list_rows(const float* x, std::size_t stride, std::size_t rows, std::size_t columns, float*, Nonzero* out,
                      std::uint32_t* begin) {
  Nonzero* next = out;
  for (std::size_t r = 0; r < rows; ++r) {
    begin[r] = static_cast<std::uint32_t>(next - out);
    for (std::size_t c = 0; c < columns; ++c)
      if (x[c * stride + r] != 0) *next++ = {static_cast<std::uint32_t>(c), x[c * stride + r]};
    *next++ = {static_cast<std::uint32_t>(columns), 0};
  }
  return static_cast<std::size_t>(next - out) - rows;
}

/// Calls f(output, panel, place in its row, sum) for each output, where sum = sum over i of A(output, i) b(i, c).
template <class F>
void each_sum(const Dense& A, const Sparse& b, std::size_t c, Part part, F&& f) {
  for (std::size_t n = part.from; n < part.to; ++n) {
    const Panel p = panel(A.outputs, n);
    for (std::size_t k = 0; k < p.count; ++k) {
      float sum = 0;
      for (std::size_t i = 0; i < A.inner; ++i) {
        const Nonzero* e = find(b, i, c);
        sum = std::fma(e ? e->value : 0, at(A, p, k, i), sum);
      }
      f(p.first + k, p, k, sum + 0.0f);
    }
  }
}

void product(const Dense& A, const Sparse& b, Finish finish, float* y, std::size_t stride, Part part) {
  for (std::size_t c = 0; c < b.columns; ++c)
    each_sum(A, b, c, part, [&](std::size_t k, const Panel&, std::size_t, float sum) {
      const float z = finish.bias ? sum + finish.bias[k] : sum;
      y[c * stride + k] = finish.relu && z <= 0 ? 0 : z;
    });
}

void descend_column(const Dense& A, const Sparse& b, std::size_t c, float* w, Descent how, Part part) {
  each_sum(A, b, c, part, [&](std::size_t, const Panel& p, std::size_t place, float g) {
    float& x = w[p.first * b.columns + c * p.width + place];
    if (how.decay != 0) g += how.decay * x;
    x = std::fma(-how.rate, g, x);
  });
}

void descend(const Dense& A, const Sparse& b, float* w, Descent how, Part part) {
  for (std::size_t c = 0; c < b.columns; ++c) descend_column(A, b, c, w, how, part);
}

float back_of(const Dense& W, const Dense& d, std::size_t r, std::size_t c) {
  float sum = 0;
  for (std::size_t n = 0; n < panels(W.outputs); ++n) {
    const Panel p = panel(W.outputs, n);
    float chain[kUnit] = {};
    for (std::size_t k = 0; k < p.width; ++k)
      chain[k % kUnit] = std::fma(at(d, p, k, r), at(W, p, k, c), chain[k % kUnit]);
    for (std::size_t half = kUnit / 2; half > 0; half /= 2)
      for (std::size_t i = 0; i < half; ++i) chain[i] += chain[i + half];
    sum += chain[0];
  }
  return sum;
}

void back(const Dense& W, const Dense& d, const Sparse& listed, float* y, std::size_t stride, Part part) {
  for (std::size_t c = part.from; c < part.to; ++c)
    for (std::size_t r = 0; r < d.inner; ++r) y[r * stride + c] = find(listed, r, c) ? back_of(W, d, r, c) : 0;
}

void back_and_descend(float* w, const Dense& d, const Sparse& listed, Descent how, float* y, std::size_t stride,
                      Part part) {
  back({w, d.outputs, listed.columns}, d, listed, y, stride, part);
  for (std::size_t c = part.from; c < part.to; ++c) descend_column(d, listed, c, w, how, {0, panels(d.outputs)});
}

}  // namespace

const Level plain = {"plain", list, list_rows, product, descend, back, back_and_descend, words, normals, powers};

}  // namespace pipeline::kernels
