// The products of a layer at one instruction level: plain functions over plain memory, so that the files compiled for
// newer processors hold no code that others could end up calling.
#pragma once
#include <cstddef>
#include <cstdint>

namespace pipeline::learning::kernels {

/// An element that is not zero.
struct Nonzero {
  std::uint32_t row;
  float value;
};

/// A dense matrix A [outputs x inner]: element (k, i) stands at data[i * stride + k], or transposed at
/// data[k * stride + i].
struct Dense {
  const float* data;
  std::size_t stride, outputs, inner;
  bool transposed;
};

/// A matrix [inner x columns] by what is not zero in it: column c is first[begin[c]] and on, rows ascending, closed by
/// an entry of row `inner`. (Not of a huge number: a processor that guesses the loop goes on looks up that row, and one
/// far from any memory costs it more than all the guesses that were right.)
struct Sparse {
  const Nonzero* first;
  const std::uint32_t* begin;
  std::size_t columns, count;  // count: of all entries that are not zero
};

inline constexpr std::size_t kSpare = 8;  // entries that may be written behind the last one

/// Panels [from, to) of the outputs; each is computed on its own, so they may be divided between threads.
struct Panels {
  std::size_t from, to;
};

struct Level {
  const char* name;
  /// Writes those of x[0 .. count) that are not zero, ascending, and says how many. `out` has room for count + kSpare.
  std::size_t (*list)(const float* x, std::size_t count, Nonzero* out);
  std::size_t (*panels)(std::size_t outputs);
  /// y = A b, column by column of y [outputs x columns], `stride` floats apart.
  void (*product)(const Dense&, const Sparse&, float* y, std::size_t stride, Panels);
  /// w = fma(-rate, A b, w)
  void (*descend)(const Dense&, const Sparse&, float* w, std::size_t stride, float rate, Panels);
};

extern const Level baseline, avx2, avx512;
/// The same without skipping and without blocks, as the formulas read: what the tests compare with.
extern const Level plain;

}  // namespace pipeline::learning::kernels
