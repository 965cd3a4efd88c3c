// One register of floats at the instruction level this file is compiled for, and the few operations the kernels need.
// Elements are combined only in sums of sixteen, which every level adds in the same order: so the level changes no bit
// as long as it has a fused multiply-add. On x86-64 the baseline level has none and rounds twice.
#pragma once
#include <cstddef>
#if defined(__AVX2__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

namespace pipeline::kernels {
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
#if defined(__aarch64__)
inline Lanes fma(Lanes a, Lanes b, Lanes c) { return vfmaq_f32(c, a, b); }
#else
inline Lanes fma(Lanes a, Lanes b, Lanes c) { return a * b + c; }
#endif
inline Lanes load(const float* x) {
  Lanes v;
  __builtin_memcpy(&v, x, sizeof v);
  return v;
}
inline void store(float* x, Lanes v) { __builtin_memcpy(x, &v, sizeof v); }
#endif

/// max(x, 0), where NaN stays NaN
inline Lanes positive(Lanes x) { return x <= Lanes{} ? Lanes{} : x; }

constexpr int kLanes = sizeof(Lanes) / sizeof(float);

/// The number of registers for sixteen sums side by side.
constexpr int kSixteen = 16 / kLanes;

#if defined(__AVX512F__)
template <int which>
inline __m256 half(__m512 x) {  // maskz: without it GCC 12 warns about its own header
  return _mm256_castpd_ps(_mm512_maskz_extractf64x4_pd(0xff, _mm512_castps_pd(x), which));
}
#endif

/// Up to `most` groups of sixteen sums, each to be reduced to one number: added by halves, eight groups at a time.
template <std::size_t most>
class PendingSums {
 public:
  void put(std::size_t place, const Lanes (&sums)[kSixteen]) {
#if defined(__AVX512F__)  // halves are added later, when two of them fill a register: saves a shuffle
    _mm256_storeu_ps(low_ + 8 * place, half<0>(sums[0]));
    _mm256_storeu_ps(high_ + 8 * place, half<1>(sums[0]));
#else
    for (int i = 0; i < kSixteen / 2; ++i) store(low_ + 8 * place + i * kLanes, sums[i] + sums[i + kSixteen / 2]);
#endif
  }
  /// to[i] += the sum of group place + i, for i in [0, 8)
  void add_eight(std::size_t place, float* to) const {
    const float* const low = low_ + 8 * place;
#if defined(__AVX512F__)
    const auto two = [&](int i) { return load(low + 16 * i) + load(high_ + 8 * place + 16 * i); };
    const auto four = [](__m512 a, __m512 b) {
      return _mm512_maskz_shuffle_f32x4(0xffff, a, b, 0x88) + _mm512_maskz_shuffle_f32x4(0xffff, a, b, 0xdd);
    };
    const __m512 front = four(two(0), two(1)), rear = four(two(2), two(3));
    const __m512 pairs =
        _mm512_maskz_shuffle_ps(0xffff, front, rear, 0x44) + _mm512_maskz_shuffle_ps(0xffff, front, rear, 0xee);
    const __m512 all =
        _mm512_maskz_shuffle_ps(0xffff, pairs, pairs, 0x88) + _mm512_maskz_shuffle_ps(0xffff, pairs, pairs, 0xdd);
    const __m512i in_order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 0, 0, 0, 0, 0, 0, 0, 0);
    _mm256_storeu_ps(to, _mm256_loadu_ps(to) + half<0>(_mm512_maskz_permutexvar_ps(0xffff, in_order, all)));
#elif defined(__AVX2__)
    const auto eight = [&](int i) { return _mm256_loadu_ps(low + 8 * i); };
    __m256 four[4], two[2];
    for (int i = 0; i < 4; ++i)
      four[i] =
          _mm256_permute2f128_ps(eight(i), eight(i + 4), 0x20) + _mm256_permute2f128_ps(eight(i), eight(i + 4), 0x31);
    for (int i = 0; i < 2; ++i)
      two[i] =
          _mm256_shuffle_ps(four[2 * i], four[2 * i + 1], 0x44) + _mm256_shuffle_ps(four[2 * i], four[2 * i + 1], 0xee);
    const __m256 one = _mm256_shuffle_ps(two[0], two[1], 0x88) + _mm256_shuffle_ps(two[0], two[1], 0xdd);
    _mm256_storeu_ps(to, _mm256_loadu_ps(to) + one);
#else
    for (std::size_t i = 0; i < 8; ++i) {
      const float* const x = low + 8 * i;
      to[i] += ((x[0] + x[4]) + (x[2] + x[6])) + ((x[1] + x[5]) + (x[3] + x[7]));
    }
#endif
  }
  /// Moves groups from .. from + count - 1 to 0 .. count - 1.
  void move_to_front(std::size_t from, std::size_t count) {
    for (std::size_t i = 0; i < 8 * count; ++i) low_[i] = low_[8 * from + i];
#if defined(__AVX512F__)
    for (std::size_t i = 0; i < 8 * count; ++i) high_[i] = high_[8 * from + i];
#endif
  }

 private:
  alignas(64) float low_[8 * most] = {};
#if defined(__AVX512F__)
  alignas(64) float high_[8 * most] = {};
#endif
};

/// to(i, k) = from(k, i) for a square of kSquare rows.
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
/// For each set of 8 lanes, given as a bit mask: the numbers of the lanes in the set, moved to the front.
struct LanesInSet {
  alignas(64) unsigned char lanes[256][8] = {};
  constexpr LanesInSet() {
    for (int set = 0; set < 256; ++set)
      for (int lane = 0, next = 0; lane < 8; ++lane)
        if (set >> lane & 1) lanes[set][next++] = static_cast<unsigned char>(lane);
  }
};
constexpr LanesInSet kLanesInSet;
#endif

}  // namespace
}  // namespace pipeline::kernels
