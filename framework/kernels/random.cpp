// The draws of pipeline/random.hpp that come many at a time: whole counters by the kernels, of which the first and the
// last may be wanted in part.
#include <pipeline/random.hpp>

#include "kernels/choose.hpp"

namespace pipeline {

namespace {
std::uint32_t low(std::uint64_t x) { return static_cast<std::uint32_t>(x); }
std::uint32_t high(std::uint64_t x) { return static_cast<std::uint32_t>(x >> 32); }

template <class Number, class Draw>
void each_counter(std::uint64_t first, std::span<Number> out, const Draw& draw) {
  const auto counter = [&](std::size_t i) { return static_cast<std::uint32_t>((first + i) / 4); };
  const auto part = [&](std::size_t i, std::size_t count) {
    Number four[4];
    draw(counter(i), std::size_t{1}, four);
    std::copy_n(four + (first + i) % 4, count, out.data() + i);
  };
  const std::size_t head = std::min<std::size_t>((4 - first % 4) % 4, out.size()), whole = (out.size() - head) / 4;
  if (head > 0) part(0, head);
  if (whole > 0) draw(counter(head), whole, out.data() + head);
  if (const std::size_t done = head + 4 * whole; done < out.size()) part(done, out.size() - done);
}
}  // namespace

void Random::words(std::uint64_t first, std::span<std::uint32_t> out) const {
  const kernels::Stream s{{layer_, low(step_), high(step_)}, {low(key_), high(key_)}};
  each_counter(first, out, [&s](std::uint32_t counter, std::size_t count, std::uint32_t* to) {
    kernels::best().words(s, counter, count, to);
  });
}

void Random::normals(std::uint64_t first, std::span<float> out) const {
  const kernels::Stream s{{layer_, low(step_), high(step_)}, {low(key_), high(key_)}};
  each_counter(first, out, [&s](std::uint32_t counter, std::size_t count, float* to) {
    kernels::best().normals(s, counter, count, to);
  });
}

}  // namespace pipeline
