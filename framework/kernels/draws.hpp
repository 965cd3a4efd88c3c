// Random words, normal draws and powers at the instruction level this file is compiled for. Every operation is written
// with its rounding (fma where there is one), so the level changes no bit, the baseline without fma included: it calls
// the C library's.
#pragma once
#include <cstddef>
#include <cstdint>

#include "kernels/lanes.hpp"
#include "kernels/level.hpp"
#include "kernels/panels.hpp"
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace pipeline::kernels {
namespace {  // one copy per file, like lanes.hpp

/// A register of numbers of 64 bits.
typedef std::uint64_t Wide __attribute__((vector_size(sizeof(Lanes))));
constexpr std::size_t kWide = sizeof(Wide) / sizeof(std::uint64_t);

/// The whole products of the low halves.
inline Wide product_of_halves(Wide a, Wide b) {
#if defined(__AVX512F__)
  return reinterpret_cast<Wide>(  // maskz as in lanes.hpp: without it GCC 12 warns about its own header
      _mm512_maskz_mul_epu32(0xff, reinterpret_cast<__m512i>(a), reinterpret_cast<__m512i>(b)));
#elif defined(__AVX2__)
  return reinterpret_cast<Wide>(_mm256_mul_epu32(reinterpret_cast<__m256i>(a), reinterpret_cast<__m256i>(b)));
#elif defined(__SSE2__)
  return reinterpret_cast<Wide>(_mm_mul_epu32(reinterpret_cast<__m128i>(a), reinterpret_cast<__m128i>(b)));
#elif defined(__aarch64__)
  return reinterpret_cast<Wide>(
      vmull_u32(vmovn_u64(reinterpret_cast<uint64x2_t>(a)), vmovn_u64(reinterpret_cast<uint64x2_t>(b))));
#else
  return (a & 0xffffffffu) * (b & 0xffffffffu);
#endif
}

/// Philox4x32-10 (Random123) of kTogether registers of counters, which hides how long a product takes. Counters differ in
/// their first word only. Words 0 and 2 of each counter go to `even`, words 1 and 3 to `odd`: the two words of a pair.
constexpr std::size_t kTogether = kLanes == 16 ? 4 : 2, kCounters = kTogether * kWide;  // AVX-512 has the registers

inline void philox(const Stream& s, std::uint32_t first, std::uint32_t* even, std::uint32_t* odd) {
  const auto all = [](std::uint64_t x) { return Wide{} + x; };
  const Wide low = all(0xffffffffu);
  Wide a[kTogether], b[kTogether], c[kTogether], d[kTogether];
  for (std::size_t t = 0; t < kTogether; ++t) {
    std::uint64_t counter[kWide];
    for (std::size_t i = 0; i < kWide; ++i) counter[i] = first + t * kWide + i;
    __builtin_memcpy(&a[t], counter, sizeof counter);
    b[t] = all(s.counter[0]), c[t] = all(s.counter[1]), d[t] = all(s.counter[2]);
  }
  std::uint32_t key[2] = {s.key[0], s.key[1]};
#pragma GCC unroll 10
  for (int round = 0; round < 10; ++round) {
#pragma GCC unroll 4
    for (std::size_t t = 0; t < kTogether; ++t) {  // only the low halves count; the high ones are left as they come
      const Wide p = product_of_halves(a[t], all(0xd2511f53u)), q = product_of_halves(c[t], all(0xcd9e8d57u));
      a[t] = (q >> 32) ^ b[t] ^ all(key[0]), b[t] = q;
      c[t] = (p >> 32) ^ d[t] ^ all(key[1]), d[t] = p;
    }
    key[0] += 0x9e3779b9u, key[1] += 0xbb67ae85u;
  }
  for (std::size_t t = 0; t < kTogether; ++t) {
    const Wide of_even = (a[t] & low) | c[t] << 32, of_odd = (b[t] & low) | d[t] << 32;
    __builtin_memcpy(even + 2 * t * kWide, &of_even, sizeof(Wide));
    __builtin_memcpy(odd + 2 * t * kWide, &of_odd, sizeof(Wide));
  }
}

inline std::uint32_t bits_of(float x) {
  std::uint32_t bits;
  __builtin_memcpy(&bits, &x, sizeof bits);
  return bits;
}
inline float float_of(std::uint32_t bits) {
  float x;
  __builtin_memcpy(&x, &bits, sizeof x);
  return x;
}

/// x > 0 as 2^exponent * (1 + rest) with 1 + rest in [sqrt(1/2), sqrt 2)
struct Split {
  float exponent, rest;
};
inline Split split(float x) {
  const auto exponent = static_cast<std::int32_t>(bits_of(x) - 0x3f3504f3u) >> 23;  // the bits of sqrt(1/2)
  return {static_cast<float>(exponent), float_of(bits_of(x) - (static_cast<std::uint32_t>(exponent) << 23)) - 1};
}

/// log(1 + d) - d for d in [sqrt(1/2) - 1, sqrt 2 - 1]: the coefficients of Moshier's logf (Cephes).
inline float log_beyond_first(float d) {
  float p = 7.0376836292e-2f;
  p = __builtin_fmaf(p, d, -1.1514610310e-1f);
  p = __builtin_fmaf(p, d, 1.1676998740e-1f);
  p = __builtin_fmaf(p, d, -1.2420140846e-1f);
  p = __builtin_fmaf(p, d, 1.4249322787e-1f);
  p = __builtin_fmaf(p, d, -1.6668057665e-1f);
  p = __builtin_fmaf(p, d, 2.0000714765e-1f);
  p = __builtin_fmaf(p, d, -2.4999993993e-1f);
  p = __builtin_fmaf(p, d, 3.3333331174e-1f);
  const float square = d * d;
  return __builtin_fmaf(-.5f, square, d * square * p);
}

/// sqrt(-2 log u), u = (word + 1/2) / 2^32. Near 1, u has few digits in float32, so there the logarithm is that of 1 - x.
inline float radius(std::uint32_t word) {
  const auto sign = static_cast<std::int32_t>(word) >> 31;  // -1 where u >= 1/2
  const auto from_end = static_cast<std::int32_t>(word ^ static_cast<std::uint32_t>(sign));
  const float x = (static_cast<float>(from_end) + .5f) * 0x1p-32f;
  const Split u = split(sign ? 1 - x : x);
  const float d = u.exponent == 0 ? -x : u.rest;
  constexpr float log2_high = 0.693359375f, log2_low = -2.12194440e-4f;  // their sum is log 2
  const float log_u =
      __builtin_fmaf(u.exponent, log2_high, __builtin_fmaf(u.exponent, log2_low, log_beyond_first(d)) + d);
  return __builtin_sqrtf(-2 * log_u);
}

/// radius times the cosine and the sine of 2 pi (word + 1/2) / 2^32. The nearest quarter turn is taken off in whole
/// numbers, so that small results have all their digits; coefficients as in Moshier's sinf and cosf (Cephes).
inline void turn(float radius, std::uint32_t word, float& cosine, float& sine) {
  const std::uint32_t quarter = (word + 0x20000000u) >> 30;
  const auto rest = static_cast<std::int32_t>(word - (quarter << 30));
  const float t = static_cast<float>(2 * rest + 1) * (6.28318530717958648f * 0x1p-33f), square = t * t;
  float s = -1.9515295891e-4f;
  s = __builtin_fmaf(s, square, 8.3321608736e-3f);
  s = __builtin_fmaf(s, square, -1.6666654611e-1f);
  s = __builtin_fmaf(s * square, t, t);
  float c = 2.443315711809948e-5f;
  c = __builtin_fmaf(c, square, -1.388731625493765e-3f);
  c = __builtin_fmaf(c, square, 4.166664568298827e-2f);
  c = __builtin_fmaf(c, square, -.5f);
  c = __builtin_fmaf(c, square, 1.0f);
  const bool swaps = quarter & 1;
  cosine = radius * float_of(bits_of(swaps ? s : c) ^ ((quarter + 1) & 2) << 30);
  sine = radius * float_of(bits_of(swaps ? c : s) ^ (quarter & 2) << 30);
}

// Words at a time, which stay in the L1 cache.
constexpr std::size_t kWordsAtATime = 512;

void words(const Stream& s, std::uint32_t first, std::size_t counters, std::uint32_t* out) {
  std::uint32_t even[2 * kCounters], odd[2 * kCounters];
  for (std::size_t i = 0; i < counters; i += kCounters) {
    philox(s, first + static_cast<std::uint32_t>(i), even, odd);
    const std::size_t pairs = 2 * smaller(kCounters, counters - i);
    for (std::size_t k = 0; k < pairs; ++k) out[4 * i + 2 * k] = even[k], out[4 * i + 2 * k + 1] = odd[k];
  }
}

void normals(const Stream& s, std::uint32_t first, std::size_t counters, float* __restrict out) {
  alignas(64) std::uint32_t even[kWordsAtATime / 2], odd[kWordsAtATime / 2];
  for (std::size_t i = 0; i < counters; i += kWordsAtATime / 4) {
    const std::size_t pairs = 2 * smaller(kWordsAtATime / 4, counters - i);
    for (std::size_t k = 0; k < pairs; k += 2 * kCounters)
      philox(s, first + static_cast<std::uint32_t>(i + k / 2), even + k, odd + k);
    for (std::size_t k = 0; k < pairs; ++k) turn(radius(even[k]), odd[k], out[4 * i + 2 * k], out[4 * i + 2 * k + 1]);
  }
}

/// |x|^power with x's sign, for power in (0, 2]: 2^(power * exponent + power * log2(1 + rest)). The product with the
/// exponent is kept in two floats, because its rounding would cost the result digits.
inline float signed_power(float x, float power) {
  const float size = float_of(bits_of(x) & 0x7fffffffu);
  // Denormal numbers are scaled by 2^24, so that they have an exponent. No branches, or compilers do not vectorise.
  const auto tiny = static_cast<float>(size < 0x1p-126f);
  const Split parts = split(size * (1 + tiny * 0x1p24f));
  const float exponent = parts.exponent - 24 * tiny;
  constexpr float log2_e = 1.44269504088896341f, log_2 = 0.693147180559945309f;
  const float log2_rest = __builtin_fmaf(parts.rest, log2_e, log_beyond_first(parts.rest) * log2_e);
  const float high = power * exponent, low = __builtin_fmaf(power, exponent, -high);
  const float sum = __builtin_fmaf(power, log2_rest, high);
  const auto nearest = static_cast<std::int32_t>(sum + __builtin_copysignf(.5f, sum));
  const float e = ((high - static_cast<float>(nearest)) + __builtin_fmaf(power, log2_rest, low)) * log_2;
  float p = 1.f / 5040;  // the exponential series for |e| < .35
  p = __builtin_fmaf(p, e, 1.f / 720);
  p = __builtin_fmaf(p, e, 1.f / 120);
  p = __builtin_fmaf(p, e, 1.f / 24);
  p = __builtin_fmaf(p, e, 1.f / 6);
  p = __builtin_fmaf(p, e, .5f);
  p = __builtin_fmaf(p, e, 1.f);
  p = __builtin_fmaf(p, e, 1.f);
  // 2^nearest in two factors: it may be too large or small for a float where the result is not.
  const std::int32_t n = nearest < -252 ? -252 : nearest > 254 ? 254 : nearest, half = n / 2;
  const auto two_to = [](std::int32_t k) { return float_of(static_cast<std::uint32_t>(k + 127) << 23); };
  const float result = p * two_to(half) * two_to(n - half);
  const std::uint32_t changes = -static_cast<std::uint32_t>((size > 0) & (size < __builtin_inff()));
  return float_of((bits_of(result) & changes & 0x7fffffffu) | (bits_of(x) & (~changes | 0x80000000u)));
}

void powers(float* x, std::size_t n, float power) {
  for (std::size_t i = 0; i < n; ++i) x[i] = signed_power(x[i], power);
}

}  // namespace
}  // namespace pipeline::kernels
