// The products of a layer at one instruction level: plain functions over plain memory, so that the files compiled for
// newer processors hold no code that others could end up calling.
#pragma once
#include <cstddef>
#include <cstdint>

namespace pipeline::learning::kernels {

/// A dense matrix A [outputs x inner] in panels (panels.hpp): panel p is a block of its own that begins at
/// data[p.first * inner], in it one row of p.width floats for each i in [0, inner).
struct Dense {
  const float* data;
  std::size_t outputs, inner;
};

/// An element that is not zero.
struct Nonzero {
  std::uint32_t row;
  float value;
};

/// A matrix [inner x columns] by what is not zero in it: column c is first[begin[c]] and on, rows ascending, closed by
/// an entry of row `inner`. (Not of a huge number: a processor that guesses the loop goes on looks up that row, and one
/// far from any memory costs it more than all the guesses that were right.) Two entries behind the last list may be read.
struct Sparse {
  const Nonzero* first;
  const std::uint32_t* begin;
  std::size_t columns, count;  // count: of all entries that are not zero
};

inline constexpr std::size_t kSpare = 8;        // entries behind the last one that may be read and written
inline constexpr std::size_t kRowsListed = 16;  // rows that are turned round at a time

/// Some of the panels, or some columns, [from, to): each is computed on its own, so threads may divide them.
struct Part {
  std::size_t from, to;
};

/// How weights follow their gradient g, which a penalty with the gradient decay * w joins first.
struct Descent {
  float rate;
  float decay = 0;
};

/// What becomes of a chain: y = chain + bias, and with `relu` max(y, 0), where NaN stays NaN.
struct Finish {
  const float* bias = nullptr;  // one for each output, or none
  bool relu = false;
};

struct Level {
  const char* name;
  /// Writes those of x[0 .. count) that are not zero, ascending, and says how many. `out` has room for count + kSpare.
  std::size_t (*list)(const float* x, std::size_t count, Nonzero* out);
  /// The same for each row of x [rows x columns], whose columns stand `stride` floats apart: one list behind the other
  /// from begin[r] on, each closed by an entry of row `columns`; says how many without those. `room` is for
  /// kRowsListed * columns floats, `out` for rows * (columns + 1) + kSpare.
  std::size_t (*list_rows)(const float* x, std::size_t stride, std::size_t rows, std::size_t columns, float* room,
                           Nonzero* out, std::uint32_t* begin);
  /// y = A b, finished, column by column of y [outputs x columns], `stride` floats apart. Some panels.
  void (*product)(const Dense& A, const Sparse& b, Finish, float* y, std::size_t stride, Part);
  /// g = A b, g = g + decay * w where there is a decay, w = fma(-rate, g, w). w lies in panels like A, one row for each
  /// column of b. Some panels.
  void (*descend)(const Dense& A, const Sparse& b, float* w, Descent, Part);
  /// y(r, c) = sum over k of W(k, c) d(k, r) for the entries (r, c) that are listed; elsewhere 0. W, d: [outputs x ...]
  /// in panels. y [d.inner x W.inner] is written transposed: y(r, c) stands at y[r * stride + c]. Some c of
  /// [0, W.inner). Entry by entry: in each panel 16 chains over k, output k in chain k mod 16, added by halves; then
  /// panel after panel.
  void (*back)(const Dense& W, const Dense& d, const Sparse& listed, float* y, std::size_t stride, Part);
  /// back() with W = w, then descend() of those columns of W by A = d, b = listed; w [d.outputs x listed.columns] in
  /// panels. Both read the same rows of d.
  void (*back_and_descend)(float* w, const Dense& d, const Sparse& listed, Descent, float* y, std::size_t stride, Part);
};

extern const Level baseline, avx2, avx512;
/// The same without skipping and without blocks, as the formulas read: what the tests compare with.
extern const Level plain;

}  // namespace pipeline::learning::kernels
