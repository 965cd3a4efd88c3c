#include "kernels/elementwise.hpp"

#include "kernels/for_each_level.hpp"

namespace pipeline::kernels {

namespace {

FOR_EACH_LEVEL void scaled_(const std::uint8_t* __restrict bytes, std::size_t n, double scale, double offset,
                            float* __restrict out) {
  for (std::size_t i = 0; i < n; ++i) out[i] = static_cast<float>(offset + scale * static_cast<double>(bytes[i]));
}

FOR_EACH_LEVEL void descend_(float* __restrict w, const float* __restrict g, std::size_t n, float rate) {
  for (std::size_t i = 0; i < n; ++i) w[i] = __builtin_fmaf(-rate, g[i], w[i]);
}

FOR_EACH_LEVEL void add_(float* __restrict z, const float* __restrict b, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) z[i] += b[i];
}

FOR_EACH_LEVEL void add_wide_(double* __restrict sum, const float* __restrict x, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) sum[i] += static_cast<double>(x[i]);
}

FOR_EACH_LEVEL void relu_(float* h, const float* z, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) h[i] = !(z[i] <= 0) ? z[i] : 0.0f;
}

FOR_EACH_LEVEL void relu_adjoint_(float* __restrict d, const float* __restrict z, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) d[i] = z[i] > 0 ? d[i] : 0.0f;
}

// All exponent bits set means infinity or NaN. The results are OR-ed, so that the order does not matter.
FOR_EACH_LEVEL bool finite_(const float* x, std::size_t n) {
  std::uint32_t not_finite = 0;
  for (std::size_t i = 0; i < n; ++i) {
    std::uint32_t bits;
    __builtin_memcpy(&bits, x + i, sizeof bits);
    not_finite |= (bits & 0x7f800000u) == 0x7f800000u;
  }
  return not_finite == 0;
}

}  // namespace

void scaled(std::span<const std::uint8_t> bytes, double scale, double offset, float* out) {
  scaled_(bytes.data(), bytes.size(), scale, offset, out);
}

void descend(std::span<float> w, std::span<const float> g, float rate) { descend_(w.data(), g.data(), w.size(), rate); }

void add_bias(arma::fmat& z, const arma::fvec& b) {
  if (b.is_empty()) return;
  for (arma::uword n = 0; n < z.n_cols; ++n) add_(z.colptr(n), b.memptr(), z.n_rows);
}

void relu(const arma::fmat& z, arma::fmat& h) {
  h.set_size(z.n_rows, z.n_cols);
  relu_(h.memptr(), z.memptr(), z.n_elem);
}

void relu_adjoint(const arma::fmat& z, arma::fmat& d) { relu_adjoint_(d.memptr(), z.memptr(), z.n_elem); }

void row_sums(const arma::fmat& d, arma::fvec& sums) {
  sums.zeros(d.n_rows);
  for (arma::uword n = 0; n < d.n_cols; ++n) add_(sums.memptr(), d.colptr(n), d.n_rows);
}

void add(std::span<const float> x, double* sum) { add_wide_(sum, x.data(), x.size()); }

bool all_finite(std::span<const float> x) { return finite_(x.data(), x.size()); }

}  // namespace pipeline::kernels
