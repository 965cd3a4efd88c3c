// The products of a layer, and draws and powers, at one instruction level: plain functions over plain memory, so that
// the files compiled for newer processors emit no code that the rest of the program could end up calling.
#pragma once
#include <cstddef>
#include <cstdint>

namespace pipeline::kernels {

/// A dense matrix A [outputs x inner] in panels (panels.hpp): panel p is a contiguous block that begins at
/// data[p.first * inner], with one row of p.width floats for each i in [0, inner).
struct Dense {
  const float* data;
  std::size_t outputs, inner;
};

/// An element that is not zero.
struct Nonzero {
  std::uint32_t row;
  float value;
};

/// The nonzeros of a matrix [inner x columns]: column c starts at first[begin[c]], rows ascending, closed by an entry
/// with row `inner`. (Not a huge number: a processor that predicts another iteration loads that row, and an address far
/// from any memory costs more than all correct predictions gain.) Two entries behind the last list may be read.
struct Sparse {
  const Nonzero* first;
  const std::uint32_t* begin;
  std::size_t columns, count;  // count: of all nonzeros
};

inline constexpr std::size_t kSpare = 8;        // entries behind the last one that may be read and written
inline constexpr std::size_t kRowsListed = 16;  // rows that are transposed at a time

/// A range [from, to) of panels or columns. Each is computed on its own, so threads may divide them.
struct Part {
  std::size_t from, to;
};

/// How weights follow their gradient g, after decay * w, the gradient of a penalty, is added to g.
struct Descent {
  float rate;
  float decay = 0;
};

/// What is done with a finished chain: y = chain + bias, then with `relu` max(y, 0), where NaN stays NaN.
struct Finish {
  const float* bias = nullptr;  // one per output, or null
  bool relu = false;
};

/// A random stream (pipeline/random.hpp): words 1 to 3 of its counters, and its key.
struct Stream {
  std::uint32_t counter[3], key[2];
};

struct Level {
  const char* name;
  /// Writes the nonzeros of x[0 .. count), ascending, and returns their number. `out` has room for count + kSpare.
  std::size_t (*list)(const float* x, std::size_t count, Nonzero* out);
  /// The same for each row of x [rows x columns], whose columns are `stride` floats apart: one list after the other,
  /// each starting at begin[r] and closed by an entry with row `columns`; returns the number of entries without these.
  /// `room` has space for kRowsListed * columns floats, `out` for rows * (columns + 1) + kSpare.
  std::size_t (*list_rows)(const float* x, std::size_t stride, std::size_t rows, std::size_t columns, float* room,
                           Nonzero* out, std::uint32_t* begin);
  /// y = A b, then Finish; the columns of y [outputs x columns] are `stride` floats apart. Part: panels.
  void (*product)(const Dense& A, const Sparse& b, Finish, float* y, std::size_t stride, Part);
  /// g = A b, g = g + decay * w where decay is not 0, w = fma(-rate, g, w). w is in panels like A, with one row per
  /// column of b. Part: panels.
  void (*descend)(const Dense& A, const Sparse& b, float* w, Descent, Part);
  /// y(r, c) = sum over k of W(k, c) d(k, r) for the entries (r, c) that are listed; elsewhere 0. W, d: [outputs x ...]
  /// in panels. y [d.inner x W.inner] is written transposed: y(r, c) is at y[r * stride + c]. Part: columns c of W.
  /// Each entry is 16 chains over k per panel, output k in chain k mod 16, added by halves; then panel after panel.
  void (*back)(const Dense& W, const Dense& d, const Sparse& listed, float* y, std::size_t stride, Part);
  /// back() with W = w, then descend() of those columns of W by A = d, b = listed; w [d.outputs x listed.columns] in
  /// panels. Both read the same rows of d.
  void (*back_and_descend)(float* w, const Dense& d, const Sparse& listed, Descent, float* y, std::size_t stride, Part);
  /// The four words, or the four normal draws, of `counters` counters from `first` on.
  void (*words)(const Stream&, std::uint32_t first, std::size_t counters, std::uint32_t* out);
  void (*normals)(const Stream&, std::uint32_t first, std::size_t counters, float* out);
  /// x = |x|^power with x's sign, for power in (0, 2].
  void (*powers)(float* x, std::size_t n, float power);
};

extern const Level baseline, avx2, avx512;
/// The same as plain formulas, without skipping and without blocks: the reference for the tests.
extern const Level plain;

}  // namespace pipeline::kernels
