#include "learning/inputs.hpp"

#include <algorithm>
#include <cstring>

namespace pipeline::learning {

Inputs::Inputs(const Samples& samples) : samples_(samples) {
  // In double and rounded once: byte * (1.0 / 255) rounds to the float nearest byte / 255 for all 256 of them.
  for (std::size_t byte = 0; byte < 256; ++byte)
    value_of_[byte] = static_cast<float>(samples.offset + samples.scale * static_cast<double>(byte));
  // No need to look at bytes whose every value is at least 0.
  const bool any_byte = std::ranges::all_of(value_of_, [](float x) { return x >= 0; });
  nonnegative_ = samples.bytes.n_cols
                     ? any_byte || std::ranges::all_of(samples.bytes, [&](std::uint8_t b) { return value_of_[b] >= 0; })
                     : std::ranges::all_of(samples.floats, [](float x) { return x >= 0; });
}

void Inputs::widen_one(std::size_t sample, float* out) const {
  if (samples_.bytes.n_cols) {
    const std::uint8_t* bytes = samples_.bytes.colptr(sample);
    std::size_t j = 0;
    for (std::uint64_t eight; j + sizeof eight <= features(); j += sizeof eight) {
      std::memcpy(&eight, bytes + j, sizeof eight);
      if (eight == 0)  // most of an image is blank
        std::fill_n(out + j, sizeof eight, value_of_[0]);
      else
        for (std::size_t i = j; i < j + sizeof eight; ++i) out[i] = value_of_[bytes[i]];
    }
    for (; j < features(); ++j) out[j] = value_of_[bytes[j]];
  } else {
    std::copy_n(samples_.floats.colptr(sample), features(), out);
  }
}

void Inputs::widen(std::span<const std::uint32_t> which, arma::fmat& out) const {
  out.set_size(features(), which.size());
  for (std::size_t n = 0; n < which.size(); ++n) widen_one(which[n], out.colptr(n));
}

void Inputs::widen(std::size_t first, std::size_t count, arma::fmat& out) const {
  out.set_size(features(), count);
  for (std::size_t n = 0; n < count; ++n) widen_one(first + n, out.colptr(n));
}

}  // namespace pipeline::learning
