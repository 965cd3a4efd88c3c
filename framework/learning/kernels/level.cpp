// y = A b, where b is known by what is not zero in it. All products of training and measuring are of this form:
//
//   forward    Z  = W  X     A = W,  b = X   [inputs x samples]      zeros: blank pixels, ReLU, dropout
//   back       dX = W' dZ    A = W', b = dZ  [outputs x samples]     zeros: where ReLU gave 0
//   gradient   G  = dZ X'    A = dZ, b = X'  [samples x inputs]      zeros: as forward
//
// Each element of y is one chain of fused multiply-adds from 0, rows of b ascending. A term whose factor in b is 0
// changes no finite chain, so leaving it out is exact; the 0 added at the end turns the one trace that could be left,
// -0 from an underflow, into 0 either way. Blocks and panels only order the work: no sum is ever cut differently.
//
// Compiled once for each instruction level; README.md says why the loops stand as they do.
#include "learning/kernels/level.hpp"

#include "learning/kernels/lanes.hpp"

namespace pipeline::learning::kernels {
namespace {

// A panel is as wide as one column's chains fit into registers: 112 floats in 14 registers of AVX2, leaving one for
// the factor. AVX-512 has room for more, but a wider panel's rows would leave the first-level cache sooner.
constexpr int kUnit = 16;  // widths are whole multiples of this at every level
constexpr int kMostUnits = kLanes == 4 ? 3 : 7;
constexpr int kMostWidth = kMostUnits * kUnit;
// Columns of y that are under way at a time, so that their chains stay in the second-level cache: 256 x 448 bytes.
constexpr std::size_t kColumns = 256;
// Rows of a panel that are packed at a time: few enough for the first-level cache where they are used often.
constexpr std::size_t kFewestRows = 64, kMostRows = 256;

constexpr std::size_t smaller(std::size_t a, std::size_t b) { return a < b ? a : b; }

std::size_t units(std::size_t outputs) { return (outputs + kUnit - 1) / kUnit; }
std::size_t panels(std::size_t outputs) { return (units(outputs) + kMostUnits - 1) / kMostUnits; }

std::size_t list(const float* x, std::size_t count, Nonzero* out) {
  Nonzero* next = out;
  std::size_t i = 0;
#if defined(__AVX2__)
  static_assert(sizeof(Nonzero) == 8, "an index and a value side by side");
  for (; i + 8 <= count; i += 8) {
    const __m256 value = _mm256_loadu_ps(x + i);
    const int set = _mm256_movemask_ps(_mm256_cmp_ps(value, _mm256_setzero_ps(), _CMP_NEQ_UQ));
    const __m256i lane = _mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(kInFront.lanes[set])));
    const __m256i row = _mm256_add_epi32(lane, _mm256_set1_epi32(static_cast<int>(i)));
    const __m256i kept = _mm256_castps_si256(_mm256_permutevar8x32_ps(value, lane));
    const __m256i even = _mm256_unpacklo_epi32(row, kept), odd = _mm256_unpackhi_epi32(row, kept);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(next), _mm256_permute2x128_si256(even, odd, 0x20));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(next + 4), _mm256_permute2x128_si256(even, odd, 0x31));
    next += __builtin_popcount(static_cast<unsigned>(set));
  }
#endif
  for (; i < count; ++i) {  // written always, kept if not zero: nothing to guess
    *next = {static_cast<std::uint32_t>(i), x[i]};
    next += x[i] != 0;
  }
  return static_cast<std::size_t>(next - out);
}

/// Rows so that a column finds about 16 entries among them: less work, and every block's overhead would show.
std::size_t rows_of_block(const Dense& A, const Sparse& b) {
  const std::size_t cells = A.inner * b.columns, rows = b.count ? 16 * cells / b.count : cells;
  return rows < kFewestRows ? kFewestRows : smaller(rows, kMostRows);
}

/// Outputs first .. first + outputs - 1 of rows from .. from + rows - 1 of A.
struct Piece {
  std::size_t first, outputs, from, rows;
};

/// Copies a piece, row by row, N registers apart, zeros behind the last output.
template <int N>
void pack(const Dense& A, const Piece& piece, float* __restrict panel) {
  constexpr std::size_t width = N * kLanes;
  if (!A.transposed) {
    for (std::size_t i = 0; i < piece.rows; ++i) {
      const float* a = A.data + (piece.from + i) * A.stride + piece.first;
      float* p = panel + i * width;
      if (piece.outputs == width) {
#pragma GCC unroll 16
        for (int k = 0; k < N; ++k) store(p + k * kLanes, load(a + k * kLanes));
      } else {
        std::size_t k = 0;
        for (; k + kLanes <= piece.outputs; k += kLanes) store(p + k, load(a + k));
        for (; k < piece.outputs; ++k) p[k] = a[k];
        for (; k < width; ++k) p[k] = 0;
      }
    }
    return;
  }
  for (std::size_t k = 0; k < width; k += kSquare) {
    const float* a = A.data + (piece.first + k) * A.stride + piece.from;
    std::size_t i = 0;
    if (k + kSquare <= piece.outputs)
      for (; i + kSquare <= piece.rows; i += kSquare) transpose(a + i, A.stride, panel + i * width + k, width);
    for (; i < piece.rows; ++i)
      for (std::size_t q = 0; q < kSquare; ++q)
        panel[i * width + k + q] = k + q < piece.outputs ? a[q * A.stride + i] : 0;
  }
}

/// out = f(i, out), register by register, for the first `count` floats of N registers.
template <int N, class F>
inline void each_register(float* out, std::size_t count, F&& f) {
  if (count == N * kLanes) {
#pragma GCC unroll 16
    for (int i = 0; i < N; ++i) store(out + i * kLanes, f(i, load(out + i * kLanes)));
    return;
  }
  const int whole = static_cast<int>(count / kLanes);
#pragma GCC unroll 16
  for (int i = 0; i < N; ++i) {
    float* const at = out + i * kLanes;
    if (i < whole) {
      store(at, f(i, load(at)));
    } else if (const std::size_t rest = count - i * kLanes; i == whole && rest > 0) {
      alignas(64) float few[kLanes] = {};
      for (std::size_t k = 0; k < rest; ++k) few[k] = at[k];
      store(few, f(i, load(few)));
      for (std::size_t k = 0; k < rest; ++k) at[k] = few[k];
    }
  }
}

/// One panel: N registers wide, outputs first .. first + count - 1. `finish(c, chains)` takes what column c came to.
template <int N, class Finish>
void one_panel(const Dense& A, const Sparse& b, std::size_t first, std::size_t count, Finish&& finish) {
  constexpr std::size_t width = N * kLanes;
  alignas(64) float panel[kMostRows * width];
  alignas(64) float under_way[kColumns * width];
  const Nonzero* at[kColumns];
  const std::size_t rows = rows_of_block(A, b);
  for (std::size_t c0 = 0; c0 < b.columns; c0 += kColumns) {
    const std::size_t columns = smaller(kColumns, b.columns - c0);
    for (std::size_t c = 0; c < columns; ++c) at[c] = b.first + b.begin[c0 + c];
    for (std::size_t from = 0; from < A.inner; from += rows) {
      const std::size_t to = smaller(from + rows, A.inner);
      if (c0 == 0 || rows < A.inner) pack<N>(A, {first, count, from, to - from}, panel);
      for (std::size_t c = 0; c < columns; ++c) {
        Lanes chain[N];
        float* const kept = under_way + c * width;
#pragma GCC unroll 16
        for (int i = 0; i < N; ++i) chain[i] = from == 0 ? Lanes{} : load(kept + i * kLanes);
        const Nonzero* e = at[c];
        if (Finish::kLeavesForZero && e == b.first + b.begin[c0 + c] && e->row >= A.inner) continue;
        for (; e->row < to; ++e) {
          const Lanes factor = broadcast(e->value);
          const float* row = panel + (e->row - from) * width;
#pragma GCC unroll 16
          for (int i = 0; i < N; ++i) chain[i] = fma(factor, load(row + i * kLanes), chain[i]);
        }
        at[c] = e;
        if (to < A.inner) {
#pragma GCC unroll 16
          for (int i = 0; i < N; ++i) store(kept + i * kLanes, chain[i]);
        } else {
          finish(c0 + c, chain);
        }
      }
    }
  }
}

/// y = chains
template <int N>
struct Store {
  static constexpr bool kLeavesForZero = false;
  float* y;
  std::size_t stride, count;
  void operator()(std::size_t c, Lanes (&chain)[N]) const {
    each_register<N>(y + c * stride, count, [&](int i, Lanes) { return chain[i] + Lanes{}; });
  }
};

/// w = fma(-rate, chains, w)
template <int N>
struct Descend {
  static constexpr bool kLeavesForZero = true;  // fma(-rate, 0, w) is w: blank pixels' weights stay where they are
  float* w;
  std::size_t stride, count;
  Lanes minus_rate;
  void operator()(std::size_t c, Lanes (&chain)[N]) const {
    each_register<N>(w + c * stride, count, [&](int i, Lanes old) { return fma(minus_rate, chain[i] + Lanes{}, old); });
  }
};

/// Calls one_panel at the width of each panel: as even as they can be.
template <template <int> class Finish, class... Args>
void each_panel(const Dense& A, const Sparse& b, Panels which, float* out, std::size_t stride, Args... args) {
  const std::size_t all = units(A.outputs), of = panels(A.outputs);
  for (std::size_t p = which.from; p < which.to; ++p) {
    const std::size_t from = p * all / of, wide = (p + 1) * all / of - from, first = from * kUnit;
    const std::size_t count = smaller(wide * kUnit, A.outputs - first);
    const auto at_width = [&]<int U>(const auto& narrower) {
      constexpr int N = U * kUnit / kLanes;
      if (wide == U)
        one_panel<N>(A, b, first, count, Finish<N>{out + first, stride, count, args...});
      else if constexpr (U > 1)
        narrower.template operator()<U - 1>(narrower);
    };
    at_width.template operator()<kMostUnits>(at_width);
  }
}

void product(const Dense& A, const Sparse& b, float* y, std::size_t stride, Panels which) {
  each_panel<Store>(A, b, which, y, stride);
}

void descend(const Dense& A, const Sparse& b, float* w, std::size_t stride, float rate, Panels which) {
  each_panel<Descend>(A, b, which, w, stride, broadcast(-rate));
}

}  // namespace

#if !defined(PIPELINE_LEVEL)
#define PIPELINE_LEVEL baseline
#endif
#define TEXT_(x) #x
#define TEXT(x) TEXT_(x)
const Level PIPELINE_LEVEL = {TEXT(PIPELINE_LEVEL), list, panels, product, descend};

}  // namespace pipeline::learning::kernels
