// The elementwise loops of every step, compiled for several instruction levels and chosen at run time. Each element is
// computed on its own with explicit rounding, so the level changes no bit.
#pragma once
#include <armadillo>
#include <cstdint>
#include <span>

namespace pipeline::kernels {

/// out[i] = offset + scale * bytes[i], in double and rounded to float once: byte * (1.0 / 255) is then the float
/// nearest to byte / 255 for all 256 bytes.
void scaled(std::span<const std::uint8_t> bytes, double scale, double offset, float* out);
/// w = fma(-rate, g, w)
void descend(std::span<float> w, std::span<const float> g, float rate);
/// z = z + b, column by column. b may be empty.
void add_bias(arma::fmat& z, const arma::fvec& b);
/// sums[k] = d(k, 0) + d(k, 1) + ..., samples ascending
void row_sums(const arma::fmat& d, arma::fvec& sums);
/// sum[i] += x[i], in double
void add(std::span<const float> x, double* sum);
/// True if x has no NaN and no infinity.
bool all_finite(std::span<const float> x);
inline bool all_finite(const arma::fmat& x) { return all_finite(std::span(x.memptr(), x.n_elem)); }

}  // namespace pipeline::kernels
