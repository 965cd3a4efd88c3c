// One register of floats at the instruction level this file is compiled for, and the few operations the kernels need.
// Only what one element's arithmetic needs is here: an element never meets its neighbours, so the level changes no bit
// as long as it has a fused multiply-add. The ordinary level has none and rounds twice.
#pragma once
#include <cstddef>
#if defined(__AVX2__)
#include <immintrin.h>
#endif

namespace pipeline::learning::kernels {
namespace {

#if defined(__AVX512F__)
using Lanes = __m512;
inline Lanes broadcast(float x) { return _mm512_set1_ps(x); }
inline Lanes fma(Lanes a, Lanes b, Lanes c) { return _mm512_fmadd_ps(a, b, c); }
inline Lanes load(const float* x) { return _mm512_loadu_ps(x); }
inline void store(float* x, Lanes v) { _mm512_storeu_ps(x, v); }
#elif defined(__AVX2__) && defined(__FMA__)
using Lanes = __m256;
inline Lanes broadcast(float x) { return _mm256_set1_ps(x); }
inline Lanes fma(Lanes a, Lanes b, Lanes c) { return _mm256_fmadd_ps(a, b, c); }
inline Lanes load(const float* x) { return _mm256_loadu_ps(x); }
inline void store(float* x, Lanes v) { _mm256_storeu_ps(x, v); }
#else
typedef float Lanes __attribute__((vector_size(16)));
inline Lanes broadcast(float x) { return Lanes{x, x, x, x}; }
inline Lanes fma(Lanes a, Lanes b, Lanes c) { return a * b + c; }
inline Lanes load(const float* x) {
  Lanes v;
  __builtin_memcpy(&v, x, sizeof v);
  return v;
}
inline void store(float* x, Lanes v) { __builtin_memcpy(x, &v, sizeof v); }
#endif

constexpr int kLanes = sizeof(Lanes) / sizeof(float);

/// to(i, k) = from(k, i) for a square of so many rows.
constexpr std::size_t kSquare = 8;
#if defined(__AVX2__)
inline void transpose(const float* from, std::size_t from_stride, float* to, std::size_t to_stride) {
  __m256 pair[8], four[8];
  for (int i = 0; i < 4; ++i) {
    const __m256 a = _mm256_loadu_ps(from + 2 * i * from_stride), b = _mm256_loadu_ps(from + (2 * i + 1) * from_stride);
    pair[2 * i] = _mm256_unpacklo_ps(a, b);
    pair[2 * i + 1] = _mm256_unpackhi_ps(a, b);
  }
  for (int half = 0; half < 8; half += 4)
    for (int i = 0; i < 2; ++i) {
      four[half + 2 * i] = _mm256_shuffle_ps(pair[half + i], pair[half + i + 2], 0x44);
      four[half + 2 * i + 1] = _mm256_shuffle_ps(pair[half + i], pair[half + i + 2], 0xee);
    }
  for (int i = 0; i < 4; ++i) {
    _mm256_storeu_ps(to + i * to_stride, _mm256_permute2f128_ps(four[i], four[i + 4], 0x20));
    _mm256_storeu_ps(to + (i + 4) * to_stride, _mm256_permute2f128_ps(four[i], four[i + 4], 0x31));
  }
}
#else
inline void transpose(const float* from, std::size_t from_stride, float* to, std::size_t to_stride) {
  for (std::size_t i = 0; i < kSquare; ++i)
    for (std::size_t k = 0; k < kSquare; ++k) to[i * to_stride + k] = from[k * from_stride + i];
}
#endif

#if defined(__AVX2__)
/// For each set of 8 lanes, named by its bits: which lanes they are, in front.
struct InFront {
  alignas(64) unsigned char lanes[256][8] = {};
  constexpr InFront() {
    for (int set = 0; set < 256; ++set)
      for (int lane = 0, next = 0; lane < 8; ++lane)
        if (set >> lane & 1) lanes[set][next++] = static_cast<unsigned char>(lane);
  }
};
constexpr InFront kInFront;
#endif

}  // namespace
}  // namespace pipeline::learning::kernels
