// The polynomials are least-squares fits, in relative error, at Chebyshev nodes, with coefficients rounded to float.
#include "kernels/activations.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>

#include "kernels/for_each_level.hpp"

namespace pipeline::kernels {

namespace {

// always_inline: a clone for an instruction level must not call the code of another one
#define INLINE inline __attribute__((always_inline))

INLINE float fma(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
INLINE float positive(float x) { return __builtin_fabsf(x); }
INLINE float at_most(float x, float limit) { return x > limit ? limit : x; }  // NaN stays NaN
INLINE float at_least(float x, float limit) { return x < limit ? limit : x; }

/// exp(x) = scale * (1 + rest), for x in [-87, 88].
struct Exponential {
  float scale, rest;
  float value() const { return fma(scale, rest, scale); }
  float minus_one() const { return fma(scale, rest, scale - 1); }
};

INLINE Exponential exponential(float x) {
  // x = n log 2 + r with |r| <= log(2) / 2. Adding 1.5 * 2^23 leaves n in the lowest bits of the sum.
  constexpr float whole = 12582912.0f, log2e = 1.44269504f, log2_high = 0.693145752f, log2_low = 1.42860677e-6f;
  const float shifted = fma(x, log2e, whole), n = shifted - whole;
  const float r = fma(-n, log2_low, fma(-n, log2_high, x));
  float q = 1.9851615e-4f;  // (exp(r) - 1 - r) / r^2
  q = fma(q, r, 1.3941108e-3f);
  q = fma(q, r, 8.3333785e-3f);
  q = fma(q, r, 4.1666355e-2f);
  q = fma(q, r, 0.16666666f);
  q = fma(q, r, 0.5f);
  std::uint32_t bits;
  __builtin_memcpy(&bits, &shifted, sizeof bits);
  bits = (bits << 23) + 0x3f800000u;  // 2^n
  float scale;
  __builtin_memcpy(&scale, &bits, sizeof scale);
  return {scale, fma(q * r, r, r)};
}

INLINE float of_tanh(float x) {
  const float t = exponential(at_most(2 * positive(x), 40)).minus_one();
  return __builtin_copysignf(t / (t + 2), x);
}
INLINE float slope_of_tanh(float x) {
  const float e = exponential(at_least(-2 * positive(x), -87)).value();
  return 4 * e / ((1 + e) * (1 + e));
}

INLINE float of_sigmoid(float x) {
  const float e = exponential(at_least(-positive(x), -87)).value();
  return (x < 0 ? e : 1.0f) / (1 + e);
}
INLINE float slope_of_sigmoid(float x) {
  const float e = exponential(at_least(-positive(x), -87)).value();
  return e / ((1 + e) * (1 + e));
}

INLINE float of_elu(float x) {
  const float below = exponential(at_least(at_most(x, 0), -87)).minus_one();
  return x > 0 ? x : below;
}
INLINE float slope_of_elu(float x) {
  const float below = exponential(at_least(at_most(x, 0), -87)).value();
  return x > 0 ? 1.0f : below;
}

/// x within [-13, 13], exp(-x^2 / 2) and 1 - Phi(|x|) there; both are below 1e-36 at 13.
struct Normal {
  float x, bell, tail;
};
INLINE Normal normal(float any_x) {
  const float x = at_least(at_most(any_x, 13), -13), a = positive(x), square = a * a, lost = fma(a, a, -square);
  const float e = exponential(-0.5f * square).value(), bell = fma(e, -0.5f * lost, e);
  const float t = 1 / fma(0.3f, a, 1);
  float q = -0.020878263f;  // (1 - Phi(a)) / (t exp(-a^2 / 2))
  q = fma(q, t, 0.11380651f);
  q = fma(q, t, -0.23140024f);
  q = fma(q, t, 0.19597408f);
  q = fma(q, t, -0.08284748f);
  q = fma(q, t, 0.09795566f);
  q = fma(q, t, 0.07778387f);
  q = fma(q, t, 0.110361196f);
  q = fma(q, t, 0.11955725f);
  q = fma(q, t, 0.11968741f);
  return {x, bell, bell * (q * t)};
}
INLINE float of_gelu(float x) {
  const Normal n = normal(x);
  return x < 0 ? n.x * n.tail : fma(-n.x, n.tail, x);
}
INLINE float slope_of_gelu(float x) {
  const Normal n = normal(x);
  constexpr float height = 0.39894228f;  // 1 / sqrt(2 pi)
  return fma(height * n.x, n.bell, x < 0 ? n.tail : 1 - n.tail);
}

INLINE float of_leaky(float x) { return x > 0 ? x : 0.01f * x; }

#define LOOPS(NAME, VALUE, SLOPE)                                                                      \
  FOR_EACH_LEVEL void NAME##_(float* h, const float* z, std::size_t n) {                               \
    for (std::size_t i = 0; i < n; ++i) h[i] = VALUE;                                                  \
  }                                                                                                    \
  FOR_EACH_LEVEL void NAME##_adjoint_(float* __restrict d, const float* __restrict z, std::size_t n) { \
    for (std::size_t i = 0; i < n; ++i) d[i] = SLOPE;                                                  \
  }
LOOPS(relu, z[i] <= 0 ? 0.0f : z[i], z[i] > 0 ? d[i] : 0.0f)
LOOPS(leaky, of_leaky(z[i]), z[i] > 0 ? d[i] : 0.01f * d[i])
LOOPS(elu, of_elu(z[i]), slope_of_elu(z[i]) * d[i])
LOOPS(gelu, of_gelu(z[i]), slope_of_gelu(z[i]) * d[i])
LOOPS(tanh, of_tanh(z[i]), slope_of_tanh(z[i]) * d[i])
LOOPS(sigmoid, of_sigmoid(z[i]), slope_of_sigmoid(z[i]) * d[i])

void identity_(float* h, const float* z, std::size_t n) {
  if (h != z) std::copy_n(z, n, h);
}
void identity_adjoint_(float*, const float*, std::size_t) {}

struct Loops {
  void (*value)(float* h, const float* z, std::size_t n);
  void (*adjoint)(float* d, const float* z, std::size_t n);
};

const Loops& loops_of(ActivationFunction f) {
  static constexpr Loops all[] = {{relu_, relu_adjoint_},        {leaky_, leaky_adjoint_}, {elu_, elu_adjoint_},
                                  {gelu_, gelu_adjoint_},        {tanh_, tanh_adjoint_},   {sigmoid_, sigmoid_adjoint_},
                                  {identity_, identity_adjoint_}};  // in the order of ActivationFunction
  static_assert(std::size(all) == kActivations.size());
  return all[static_cast<std::size_t>(f)];
}

}  // namespace

void activate(ActivationFunction f, const arma::fmat& z, arma::fmat& h) {
  h.set_size(z.n_rows, z.n_cols);
  loops_of(f).value(h.memptr(), z.memptr(), z.n_elem);
}

void activation_adjoint(ActivationFunction f, const arma::fmat& z, arma::fmat& d) {
  loops_of(f).adjoint(d.memptr(), z.memptr(), z.n_elem);
}

}  // namespace pipeline::kernels
