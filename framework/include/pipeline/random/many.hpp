// Many draws at a time: the templates of Random.
#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <utility>

#include <pipeline/random.hpp>

namespace pipeline {

/// Calls f(i, number first + i) for i = 0 .. n - 1, with numbers that `fill` writes, a block in the L1 cache at a time.
template <class Number, class Fill, class F>
void Random::in_blocks(std::uint64_t first, std::size_t n, Fill fill, F f) {
  constexpr std::size_t block = 1024;
  std::array<Number, block> drawn;
  for (std::size_t from = 0; from < n;) {
    const std::size_t count = std::min<std::size_t>(block - (first + from) % 4, n - from);  // later ones begin at words
    fill(first + from, std::span(drawn).first(count));
    for (std::size_t i = 0; i < count; ++i) f(from + i, drawn[i]);
    from += count;
  }
}

template <class F>
void Random::normals(std::uint64_t first, std::size_t n, F f) const {
  in_blocks<float>(
      first, n, [this](std::uint64_t from, std::span<float> out) { normals(from, out); }, std::move(f));
}

/// Word by word and f by value, so that the loops over 32 bits with an f without branches are vectorised.
template <class F>
void Random::coins(std::uint64_t first, std::size_t n, F f) const {
  static constexpr auto bit = [] {
    std::array<std::uint32_t, 32> bits{};
    for (std::uint32_t k = 0; k < 32; ++k) bits[k] = 1u << k;
    return bits;
  }();
  if (n == 0) return;
  const std::uint64_t first_word = first / 32;
  in_blocks<std::uint32_t>(
      first_word, static_cast<std::size_t>((first + n - 1) / 32 - first_word + 1),
      [this](std::uint64_t from, std::span<std::uint32_t> out) { words(from, out); },
      [=, f = std::move(f)](std::size_t w, std::uint32_t word) mutable {
        std::array<std::uint32_t, 32> drawn;
        for (std::size_t k = 0; k < 32; ++k) drawn[k] = word & bit[k];  // a table: SSE2 cannot shift by lanes
        const std::uint64_t begin = (first_word + w) * 32;
        if (begin >= first && begin + 32 <= first + n) {
          const auto i = static_cast<std::size_t>(begin - first);
          for (std::size_t k = 0; k < 32; ++k) f(i + k, drawn[k] != 0);
        } else {
          for (std::uint64_t k = begin < first ? first - begin : 0; k < 32 && begin + k < first + n; ++k)
            f(static_cast<std::size_t>(begin + k - first), drawn[k] != 0);
        }
      });
}

template <class F>
void Random::bernoulli(double p, std::uint64_t first, std::size_t n, F f) const {
  if (p == 0.5) return coins(first, n, std::move(f));
  const auto limit = static_cast<std::uint64_t>(p * 0x1p32);
  if (limit > 0xffffffffu) {  // certain
    for (std::size_t i = 0; i < n; ++i) f(i, true);
    return;
  }
  in_blocks<std::uint32_t>(
      first, n, [this](std::uint64_t from, std::span<std::uint32_t> out) { words(from, out); },
      [f = std::move(f), below = static_cast<std::uint32_t>(limit)](std::size_t i, std::uint32_t word) mutable {
        f(i, word < below);
      });
}

}  // namespace pipeline
