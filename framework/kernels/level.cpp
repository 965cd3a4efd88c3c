// All products of training and measuring. A is dense; b, or what to compute of the result, is a list of nonzeros.
//
//   forward    Z  = W  X     A = W,  b = X   [inputs x samples]      zeros: blank pixels, ReLU, dropout
//   gradient   G  = dZ X'    A = dZ, b = X'  [samples x inputs]      zeros: as forward
//   back       dX = W' dZ    only where X is not zero: elsewhere no gradient passes the ReLU or the mask
//
// Each element of Z and G is one chain of fused multiply-adds from 0, rows of b ascending. A term whose factor in b is
// 0 changes no finite chain, so leaving it out is exact; the 0 added at the end turns -0 from an underflow, the only
// possible difference, into 0 either way. Each element of dX is sixteen chains per panel, whichever elements are
// listed. Blocks only order the work; they never divide a sum.
//
// Compiled once per instruction level; README.md explains the loops.
#include "kernels/level.hpp"

#include <type_traits>

#include "kernels/draws.hpp"
#include "kernels/lanes.hpp"
#include "kernels/panels.hpp"

namespace pipeline::kernels {
namespace {

// Columns of y in progress at a time, so that their chains stay in the L2 cache: 256 x 448 bytes. Fewer with the
// smallest block of rows: it stays in the L1 cache, and the chains should stay beside it.
constexpr std::size_t kColumns = 256, kFewColumns = 64;
// Rows of a panel at a time: few enough for the L1 cache where they are used often.
constexpr std::size_t kFewestRows = 64, kMostRows = 256;
// How many rows ahead of the current one weights are prefetched.
constexpr std::size_t kAhead = 4;

std::size_t list(const float* x, std::size_t count, Nonzero* out) {
  Nonzero* next = out;
  std::size_t i = 0;
#if defined(__AVX2__)
  static_assert(sizeof(Nonzero) == 8, "an index and a value side by side");
  for (; i + 8 <= count; i += 8) {
    const __m256 value = _mm256_loadu_ps(x + i);
    const int set = _mm256_movemask_ps(_mm256_cmp_ps(value, _mm256_setzero_ps(), _CMP_NEQ_UQ));
    const __m256i lane =
        _mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(kLanesInSet.lanes[set])));
    const __m256i row = _mm256_add_epi32(lane, _mm256_set1_epi32(static_cast<int>(i)));
    const __m256i kept = _mm256_castps_si256(_mm256_permutevar8x32_ps(value, lane));
    const __m256i even = _mm256_unpacklo_epi32(row, kept), odd = _mm256_unpackhi_epi32(row, kept);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(next), _mm256_permute2x128_si256(even, odd, 0x20));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(next + 4), _mm256_permute2x128_si256(even, odd, 0x31));
    next += __builtin_popcount(static_cast<unsigned>(set));
  }
#endif
  for (; i < count; ++i) {  // always written, kept if not zero: no branch to mispredict
    *next = {static_cast<std::uint32_t>(i), x[i]};
    next += x[i] != 0;
  }
  return static_cast<std::size_t>(next - out);
}

/// Transposes in `room` as many rows at a time as share a cache line.
std::size_t list_rows(const float* x, std::size_t stride, std::size_t rows, std::size_t columns, float* room,
                      Nonzero* out, std::uint32_t* begin) {
  Nonzero* next = out;
  for (std::size_t r0 = 0; r0 < rows; r0 += kRowsListed) {
    const std::size_t count = smaller(kRowsListed, rows - r0);
    std::size_t c = 0;
    if (count == kRowsListed)
      for (; c + kSquare <= columns; c += kSquare)
        for (std::size_t r = 0; r < count; r += kSquare)
          transpose(x + c * stride + r0 + r, stride, room + r * columns + c, columns);
    for (; c < columns; ++c)
      for (std::size_t r = 0; r < count; ++r) room[r * columns + c] = x[c * stride + r0 + r];
    for (std::size_t r = 0; r < count; ++r) {
      begin[r0 + r] = static_cast<std::uint32_t>(next - out);
      next += list(room + r * columns, columns, next);
      *next++ = {static_cast<std::uint32_t>(columns), 0};
    }
  }
  return static_cast<std::size_t>(next - out) - rows;
}

/// Enough rows for a column to have about 16 entries in the block: with fewer, the overhead per block dominates.
std::size_t rows_of_block(const Dense& A, const Sparse& b) {
  const std::size_t cells = A.inner * b.columns, rows = b.count ? 16 * cells / b.count : cells;
  return rows < kFewestRows ? kFewestRows : smaller(rows, kMostRows);
}

/// Prefetches N registers of weights, which the update will change.
template <int N>
inline void prefetch(const float* row) {
#pragma GCC unroll 16
  for (int i = 0; i < N; i += 16 / kLanes) __builtin_prefetch(row + i * kLanes, 1, 3);
}

/// The bytes of a row, hidden from the compiler, so that it multiplies by them in one instruction instead of shifting
/// and subtracting in four.
template <int N>
inline std::size_t bytes_of_row() {
  std::size_t bytes = N * sizeof(Lanes);
  asm("" : "+r"(bytes));
  return bytes;
}
/// Row r, with its address in one register: with two, Intel's processors issue each multiply-add twice.
inline const float* row_at(const float* first, std::size_t r, std::size_t bytes) {
  const char* row = reinterpret_cast<const char*>(first) + r * bytes;
  asm("" : "+r"(row));
  return reinterpret_cast<const float*>(row);
}

/// Walks a list with the rows of the next entries already read: no processor predicts the end of a column, so it should
/// be known while multiply-adds are still queued.
class Walk {
 public:
  explicit Walk(const Nonzero* e) : e_(e), row_{e[0].row, e[1].row, e[2].row} {}
  std::size_t row() const { return row_[0]; }
  float value() const { return e_->value; }
  void next() {
    row_[0] = row_[1], row_[1] = row_[2], row_[2] = e_[3].row;
    ++e_;
  }
  const Nonzero* place() const { return e_; }

 private:
  static_assert(kSpare >= 2, "two entries behind the one that closes the last list are read");
  const Nonzero* e_;
  std::size_t row_[3];
};

/// y = A b for one panel of A, N registers wide. take(c, chains) receives the result of column c.
template <int N, class Take>
void one_panel(const float* panel, std::size_t inner, std::size_t rows, const Sparse& b, Take&& take) {
  constexpr std::size_t width = N * kLanes, line = 64 / sizeof(float);
  const std::size_t bytes = bytes_of_row<N>();
  alignas(64) float in_progress[kColumns * width];
  const Nonzero* at[kColumns];
  const std::size_t at_a_time = rows == kFewestRows ? kFewColumns : kColumns;
  for (std::size_t c0 = 0; c0 < b.columns; c0 += at_a_time) {
    const std::size_t columns = smaller(at_a_time, b.columns - c0);
    for (std::size_t c = 0; c < columns; ++c) at[c] = b.first + b.begin[c0 + c];
    for (std::size_t from = 0; from < inner; from += rows) {
      const std::size_t to = smaller(from + rows, inner);
      // Each column prefetches its share of the next block.
      const float* ahead = panel + to * width;
      const float* const end = panel + smaller(to + rows, inner) * width;
      // NOLINTNEXTLINE(clang-analyzer-core.DivideZero): there is at least one column, because c0 < b.columns
      const std::size_t share = ((rows * width + columns - 1) / columns + line - 1) / line;
      for (std::size_t c = 0; c < columns; ++c) {
        for (std::size_t i = 0; i < share && ahead < end; ++i, ahead += line) __builtin_prefetch(ahead, 0, 2);
        if (take.skips_empty() && b.first[b.begin[c0 + c]].row >= inner) continue;  // in every block
        Lanes chain[N];
        float* const kept = in_progress + c * width;
#pragma GCC unroll 16
        for (int i = 0; i < N; ++i) chain[i] = from == 0 ? Lanes{} : load(kept + i * kLanes);
        Walk e(at[c]);
        while (e.row() < to) {
          const Lanes factor = broadcast(e.value());
          const float* row = row_at(panel, e.row(), bytes);
          e.next();
#pragma GCC unroll 16
          for (int i = 0; i < N; ++i) chain[i] = fma(factor, load(row + i * kLanes), chain[i]);
        }
        at[c] = e.place();
        if (to < inner) {
#pragma GCC unroll 16
          for (int i = 0; i < N; ++i) store(kept + i * kLanes, chain[i]);
        } else {
          take(c0 + c, chain);
        }
      }
    }
  }
}

/// y = chains, then Finish; `count` of the panel's outputs are real, the rest is padding.
template <int N>
struct Store {
  float* y;
  Finish finish;
  std::size_t stride, count;
  static constexpr bool skips_empty() { return false; }
  void operator()(std::size_t c, Lanes (&chain)[N]) const {
    float* const out = y + c * stride;
    if (count == N * kLanes) {
#pragma GCC unroll 16
      for (int i = 0; i < N; ++i) {
        const Lanes sum = chain[i] + Lanes{}, z = finish.bias ? sum + load(finish.bias + i * kLanes) : sum;
        store(out + i * kLanes, finish.relu ? positive(z) : z);
      }
      return;
    }
    alignas(64) float all[N * kLanes];
#pragma GCC unroll 16
    for (int i = 0; i < N; ++i) store(all + i * kLanes, chain[i] + Lanes{});
    std::size_t k = 0;
    for (; k + kLanes <= count; k += kLanes) {
      const Lanes z = finish.bias ? load(all + k) + load(finish.bias + k) : load(all + k);
      store(out + k, finish.relu ? positive(z) : z);
    }
    for (; k < count; ++k) {
      const float z = finish.bias ? all[k] + finish.bias[k] : all[k];
      out[k] = finish.relu && z <= 0 ? 0 : z;
    }
  }
};

/// row = fma(-rate, chains + decay * old, old), where old(i) is register i of the row as it was
template <int N, class Old>
inline void update_row(float* row, const Old& old, const Lanes (&chain)[N], Descent how) {
  const Lanes minus_rate = broadcast(-how.rate), decay = broadcast(how.decay);
  if (how.decay == 0) {
#pragma GCC unroll 16
    for (int i = 0; i < N; ++i) store(row + i * kLanes, fma(minus_rate, chain[i] + Lanes{}, old(i)));
  } else {
#pragma GCC unroll 16
    for (int i = 0; i < N; ++i) {
      const Lanes penalty = decay * old(i);
      store(row + i * kLanes, fma(minus_rate, (chain[i] + Lanes{}) + penalty, old(i)));
    }
  }
}

/// Updates column c's row of w with the gradient in the chains.
template <int N>
struct Descend {
  float* w;
  Descent how;
  // fma(-rate, 0, w) is w: the weights of blank pixels do not change
  bool skips_empty() const { return how.decay == 0; }
  void operator()(std::size_t c, Lanes (&chain)[N]) const {
    constexpr std::size_t width = N * kLanes;
    float* const row = w + c * width;
    prefetch<N>(row + kAhead * width);
    update_row(
        row, [&](int i) { return load(row + i * kLanes); }, chain, how);
  }
};

/// Calls f.operator()<N>(panel), where N is the width of the panel in registers.
template <int U = kMostUnits, class F>
void with_width(const Panel& p, const F& f) {
  if (p.width == U * kUnit)
    f.template operator()<U* int(kUnit) / kLanes>(p);
  else if constexpr (U > 1)
    with_width<U - 1>(p, f);
}
template <class F>
void each_panel(std::size_t outputs, Part part, const F& f) {
  for (std::size_t p = part.from; p < part.to; ++p) with_width(panel(outputs, p), f);
}

void product(const Dense& A, const Sparse& b, Finish finish, float* y, std::size_t stride, Part part) {
  const std::size_t rows = rows_of_block(A, b);
  each_panel(A.outputs, part, [&]<int N>(const Panel& p) {
    one_panel<N>(A.data + p.first * A.inner, A.inner, rows, b,
                 Store<N>{y + p.first, {finish.bias ? finish.bias + p.first : nullptr, finish.relu}, stride, p.count});
  });
}

void descend(const Dense& A, const Sparse& b, float* w, Descent how, Part part) {
  const std::size_t rows = rows_of_block(A, b);
  each_panel(A.outputs, part, [&]<int N>(const Panel& p) {
    one_panel<N>(A.data + p.first * A.inner, A.inner, rows, b, Descend<N>{w + p.first * b.columns, how});
  });
}

// The way back goes entry by entry, with the weights of a column in registers, so that only listed entries are
// computed. Rows of d at a time, which stay in the L1 cache, and columns of W, whose sums stay in the L2 cache.
constexpr std::size_t kRowsBack = 64, kColumnsBack = 256;

/// Adds one panel's share to the sums of the entries from at[c] up to row `to`, column after column. With kDescends
/// these are all rows, and each row of weights is updated as well.
template <int N, bool kDescends>
void back_panel(std::conditional_t<kDescends, float, const float>* w, const float* d, const Nonzero* const* at,
                std::size_t columns, std::size_t to, Descent how, float* sums) {
  constexpr std::size_t width = N * kLanes;
  const std::size_t bytes = bytes_of_row<N>();
  PendingSums<kRowsBack + 8> pending;
  std::size_t count = 0;
  for (std::size_t c = 0; c < columns; ++c, w += width) {
    Walk e(at[c]);
    if (e.row() >= to && !(kDescends && how.decay != 0)) continue;
    prefetch<N>(w + kAhead * width);
    Lanes weights[N], gradient[N] = {};
#pragma GCC unroll 16
    for (int i = 0; i < N; ++i) weights[i] = load(w + i * kLanes);
    while (e.row() < to) {
      const Lanes factor = broadcast(e.value());
      const float* row = row_at(d, e.row(), bytes);
      e.next();
      Lanes chain[kSixteen] = {};
#pragma GCC unroll 32
      for (int i = 0; i < N; ++i) {
        const Lanes dz = load(row + i * kLanes);
        chain[i % kSixteen] = fma(dz, weights[i], chain[i % kSixteen]);
        if constexpr (kDescends) gradient[i] = fma(factor, dz, gradient[i]);
      }
      pending.put(count++, chain);
    }
    if constexpr (kDescends)
      update_row(
          w, [&](int i) { return weights[i]; }, gradient, how);
    std::size_t done = 0;
    for (; done + 8 <= count; done += 8, sums += 8) pending.add_eight(done, sums);
    if (done == 0) continue;
    count -= done;
    pending.move_to_front(done, count);
  }
  if (count > 0) pending.add_eight(0, sums);  // room for 8 more
}

/// y(r, c) for rows from .. to - 1 and `columns` columns: the consecutive sums of the listed entries, 0 elsewhere.
void scatter(const float* sums, const Nonzero** at, std::size_t columns, std::size_t from, std::size_t to, float* y,
             std::size_t stride) {
  for (std::size_t c = 0; c < columns; c += kUnit) {
    alignas(64) float tile[kUnit][kRowsBack] = {};
    const std::size_t count = smaller(kUnit, columns - c);
    for (std::size_t i = 0; i < count; ++i)
      for (const Nonzero*& e = at[c + i]; e->row < to; ++e) tile[i][e->row - from] = *sums++;
    std::size_t r = 0;
    float* out = y + c;
    if (count == kUnit)
      for (; from + r + kSquare <= to; r += kSquare)
        for (std::size_t i = 0; i < kUnit; i += kSquare)
          transpose(&tile[i][r], kRowsBack, out + (from + r) * stride + i, stride);
    for (; from + r < to; ++r)
      for (std::size_t i = 0; i < count; ++i) out[(from + r) * stride + i] = tile[i][r];
  }
}

template <bool kDescends>
void back_through(std::conditional_t<kDescends, float, const float>* w, std::size_t inner, const Dense& d,
                  const Sparse& listed, Descent how, float* y, std::size_t stride, Part part) {
  constexpr bool enough_registers = kLanes == 16;  // AVX-512 has twice as many as AVX2
  const bool at_once = kDescends && enough_registers && d.inner <= kRowsBack;
  const Part all{0, panels(d.outputs)};
  alignas(64) float sums[kColumnsBack * kRowsBack + 8];
  const Nonzero* at[kColumnsBack];
  for (std::size_t c0 = part.from; c0 < part.to; c0 += kColumnsBack) {
    const std::size_t columns = smaller(kColumnsBack, part.to - c0);
    const auto weights_of = [&](const Panel& p) { return w + p.first * inner + c0 * p.width; };
    for (std::size_t c = 0; c < columns; ++c) at[c] = listed.first + listed.begin[c0 + c];
    for (std::size_t from = 0; from < d.inner; from += kRowsBack) {
      const std::size_t to = smaller(from + kRowsBack, d.inner);
      for (std::size_t i = 0; i < columns * kRowsBack + 8; ++i) sums[i] = 0;
      each_panel(d.outputs, all, [&]<int N>(const Panel& p) {
        const float* const d_of_panel = d.data + p.first * d.inner;
        if constexpr (kDescends && enough_registers)
          if (at_once) return back_panel<N, true>(weights_of(p), d_of_panel, at, columns, to, how, sums);
        back_panel<N, false>(weights_of(p), d_of_panel, at, columns, to, how, sums);
        if constexpr (kDescends)
          if (to == d.inner)  // while these columns' weights are in the L2 cache
            one_panel<N>(d_of_panel, d.inner, rows_of_block(d, listed),
                         {listed.first, listed.begin + c0, columns, listed.count}, Descend<N>{weights_of(p), how});
      });
      scatter(sums, at, columns, from, to, y + c0, stride);
    }
  }
}

void back(const Dense& W, const Dense& d, const Sparse& listed, float* y, std::size_t stride, Part part) {
  back_through<false>(W.data, W.inner, d, listed, {0}, y, stride, part);
}

void back_and_descend(float* w, const Dense& d, const Sparse& listed, Descent how, float* y, std::size_t stride,
                      Part part) {
  back_through<true>(w, listed.columns, d, listed, how, y, stride, part);
}

}  // namespace

#if !defined(PIPELINE_LEVEL)
#define PIPELINE_LEVEL baseline
#endif
#define TEXT_(x) #x
#define TEXT(x) TEXT_(x)
const Level PIPELINE_LEVEL = {TEXT(PIPELINE_LEVEL), list,  list_rows, product, descend, back,
                              back_and_descend,     words, normals,   powers};

}  // namespace pipeline::kernels
