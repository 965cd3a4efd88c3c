// Randomness is a function, not a state: the same arguments give the same number, at any time, on any thread.
//
//   words(i) = Philox4x32-10( counter = (i, layer, step mod 2^32, step div 2^32), key )         four 32-bit words
//   key      = the first 8 bytes, little-endian, of SHA-256("seed/purpose/model/entry")
//
// So a draw depends on names and numbers only: never on the order of calls, on threads or on other models.
// Source: Salmon et al. 2011, Parallel random numbers: as easy as 1, 2, 3 (Random123).
#pragma once
#include <Random123/philox.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <numeric>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <pipeline/shape.hpp>

namespace pipeline {

class PIPELINE_API Random {
 public:
  using Words = std::array<std::uint32_t, 4>;

  Random(std::uint64_t seed, std::string_view purpose, std::string_view model, std::string_view entry);
  explicit Random(std::uint64_t key) : key_(key) {}

  /// The same stream at another step, or in another layer: independent numbers.
  Random at_step(std::uint64_t step) const {
    Random r = *this;
    r.step_ = step;
    return r;
  }
  Random in_layer(std::uint32_t layer) const {
    Random r = *this;
    r.layer_ = layer;
    return r;
  }

  Words words(std::uint32_t i) const {
    const auto word = [](std::uint64_t x, int half) { return static_cast<std::uint32_t>(x >> (32 * half)); };
    const r123::Philox4x32::ctr_type counter = {{i, layer_, word(step_, 0), word(step_, 1)}};
    const r123::Philox4x32::key_type key = {{word(key_, 0), word(key_, 1)}};
    const auto out = r123::Philox4x32{}(counter, key);
    return {out[0], out[1], out[2], out[3]};
  }

  /// Word i: number i mod 4 of words(i div 4).
  std::uint32_t word(std::uint64_t i) const { return words(static_cast<std::uint32_t>(i / 4))[i % 4]; }

  /// Uniform in (0, 1), from word i: (word + 1/2) / 2^32.
  double uniform(std::uint64_t i) const { return unit(word(i)); }

  /// A whole number in [0, n), from words 2i and 2i + 1: floor(64 bits * n / 2^64), biased by less than n / 2^64.
  std::uint64_t below(std::uint64_t n, std::uint64_t i) const {
    const Words b = words(static_cast<std::uint32_t>(i / 2));
    const std::uint64_t bits = b[i % 2 * 2] | std::uint64_t{b[i % 2 * 2 + 1]} << 32;
    __extension__ using Wide = unsigned __int128;
    return static_cast<std::uint64_t>(Wide{bits} * n >> 64);
  }

  /// out[i] = word(first + i), many at a time.
  void words(std::uint64_t first, std::span<std::uint32_t> out) const;

  /// Standard normal, by Box and Muller: draws 2j and 2j + 1 are the cosine and the sine of word pair j.
  double normal(std::uint64_t i) const {
    const double radius = std::sqrt(-2 * std::log(uniform(i / 2 * 2)));
    const double angle = 2 * std::numbers::pi * uniform(i / 2 * 2 + 1);
    return radius * (i % 2 ? std::sin(angle) : std::cos(angle));
  }

  /// out[i] = normal(first + i) in float32, for noise on many numbers: much faster, and within 4e-7 of it (relative). The
  /// same bits on every processor, from any `first` and for any length. normal() stays as it is because the starting
  /// weights are made of it, and with them every published result.
  void normals(std::uint64_t first, std::span<float> out) const;

  /// Calls f(i, drawn) for i = 0 .. n - 1 with these draws.
  template <class F>
  void normals(std::uint64_t first, std::size_t n, F f) const;

  /// The numbers 0 .. n - 1 in an order drawn by Fisher and Yates: for i = n - 1 .. 1, swap i and below(i + 1, i).
  std::vector<std::uint32_t> permutation(std::size_t n) const {
    std::vector<std::uint32_t> order(n);
    std::iota(order.begin(), order.end(), 0u);
    for (std::size_t i = n; i-- > 1;) std::swap(order[i], order[below(i + 1, i)]);
    return order;
  }

  /// Calls f(i, drawn) for i = 0 .. n - 1, drawn true with probability p: draws first .. first + n - 1.
  /// p = 1/2 takes one bit each (draw i: bit i mod 32 of word i div 32); any other p takes word i < p * 2^32.
  template <class F>
  void bernoulli(double p, std::uint64_t first, std::size_t n, F f) const;
  template <class F>
  void bernoulli(double p, std::size_t n, F f) const {
    bernoulli(p, 0, n, std::move(f));
  }

 private:
  static double unit(std::uint32_t word) { return (word + 0.5) * 0x1p-32; }

  template <class Number, class Fill, class F>
  static void in_blocks(std::uint64_t first, std::size_t n, Fill fill, F f);
  template <class F>
  void coins(std::uint64_t first, std::size_t n, F f) const;

  std::uint64_t key_;
  std::uint32_t layer_ = 0;
  std::uint64_t step_ = 0;
};

}  // namespace pipeline

#include <pipeline/random/many.hpp>
