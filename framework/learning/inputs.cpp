#include "learning/inputs.hpp"

#include <algorithm>
#include <array>
#include <numeric>

#include "kernels/elementwise.hpp"

namespace pipeline::learning {

Inputs::Inputs(const Samples& samples) : samples_(samples) {
  std::array<std::uint8_t, 256> every_byte;
  std::iota(every_byte.begin(), every_byte.end(), std::uint8_t{0});
  std::array<float, 256> value_of;
  kernels::scaled(every_byte, samples.scale, samples.offset, value_of.data());
  // If no byte can have a value below 0, the samples need no check.
  const bool never_negative = std::ranges::all_of(value_of, [](float x) { return x >= 0; });
  nonnegative_ =
      samples.bytes.n_cols
          ? never_negative || std::ranges::all_of(samples.bytes, [&](std::uint8_t b) { return value_of[b] >= 0; })
          : std::ranges::all_of(samples.floats, [](float x) { return x >= 0; });
}

void Inputs::widen_one(std::size_t sample, float* out) const {
  if (samples_.bytes.n_cols)
    kernels::scaled({samples_.bytes.colptr(sample), features()}, samples_.scale, samples_.offset, out);
  else
    std::copy_n(samples_.floats.colptr(sample), features(), out);
}

/// Prefetches the sample that is widened next: it can be anywhere in memory, and waiting would take most of the time.
void Inputs::prefetch(std::size_t sample) const {
  constexpr std::size_t line = 64;
  const bool bytes = samples_.bytes.n_cols != 0;
  const char* const first = bytes ? reinterpret_cast<const char*>(samples_.bytes.colptr(sample))
                                  : reinterpret_cast<const char*>(samples_.floats.colptr(sample));
  for (std::size_t i = 0; i < features() * (bytes ? 1 : sizeof(float)); i += line) __builtin_prefetch(first + i);
}

void Inputs::widen(std::span<const std::uint32_t> which, arma::fmat& out) const {
  out.set_size(features(), which.size());
  for (std::size_t n = 0; n < which.size(); ++n) {
    if (n + 1 < which.size()) prefetch(which[n + 1]);
    widen_one(which[n], out.colptr(n));
  }
}

void Inputs::widen(std::size_t first, std::size_t count, arma::fmat& out) const {
  out.set_size(features(), count);
  for (std::size_t n = 0; n < count; ++n) widen_one(first + n, out.colptr(n));
}

}  // namespace pipeline::learning
