// Thousands of curves in few bytes: at most 500 points of each, as differences of whole numbers.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include <pipeline/series.hpp>

namespace pipeline::reports {

inline constexpr std::size_t most_points = 500;

/// The indices to show of so many values: the first, the last, and of every stretch between them the least, the greatest
/// and the first NaN. All of them if they are few.
inline std::vector<std::size_t> shown_indices(const std::vector<double>& values) {
  const std::size_t n = values.size();
  std::vector<std::size_t> shown;
  if (n <= most_points) {
    for (std::size_t i = 0; i < n; ++i) shown.push_back(i);
    return shown;
  }
  const bool has_gaps = std::ranges::any_of(values, [](double x) { return std::isnan(x); });
  const std::size_t stretches = (most_points - 2) / (has_gaps ? 3 : 2);
  shown.push_back(0);
  for (std::size_t s = 0; s < stretches; ++s) {
    const std::size_t from = 1 + s * (n - 2) / stretches, end = 1 + (s + 1) * (n - 2) / stretches;
    std::size_t least = n, greatest = n, gap = n;
    for (std::size_t i = from; i < end; ++i) {
      if (std::isnan(values[i])) {
        if (gap == n) gap = i;
        continue;
      }
      if (least == n || values[i] < values[least]) least = i;
      if (greatest == n || values[i] > values[greatest]) greatest = i;
    }
    std::vector<std::size_t> here = {least, greatest, gap};
    std::ranges::sort(here);
    for (const std::size_t i : here)
      if (i < n && i != shown.back()) shown.push_back(i);
  }
  shown.push_back(n - 1);
  return shown;
}

/// Numbers as bytes. Each is written as its difference from the one before it, in units of 10^-decimals: 0 for NaN, else
/// 1 + the zigzag code (0, -1, 1, -2, ... as 0, 1, 2, 3, ...), seven bits a byte, low ones first.
class Packed {
 public:
  /// Where a list begins, and how to read it.
  struct Place {
    std::size_t at = 0, count = 0;
    int decimals = 0;
  };

  /// Five significant digits of the smallest value, so more of all others.
  Place add(const std::vector<double>& values) {
    Place place{bytes_.size(), values.size(), decimals_for(values)};
    const double scale = std::pow(10., place.decimals);
    double last = 0;
    for (const double x : values) {
      if (std::isnan(x)) {
        add_code(0);
        continue;
      }
      const double whole = std::round(x * scale), difference = whole - last;
      add_code(1 + (difference >= 0 ? 2 * static_cast<std::uint64_t>(difference)
                                    : 2 * static_cast<std::uint64_t>(-difference) - 1));
      last = whole;
    }
    return place;
  }
  const std::string& bytes() const { return bytes_; }

 private:
  static int decimals_for(const std::vector<double>& values) {
    double least = 0, greatest = 0;
    for (const double x : values)
      if (const double size = std::abs(x); size > 0) {
        greatest = std::max(greatest, size);
        if (least == 0 || size < least) least = size;
      }
    if (least == 0) return 0;
    const int digits = 4 - static_cast<int>(std::floor(std::log10(least)));
    const int most = 15 - static_cast<int>(std::ceil(std::log10(greatest)));  // a double has no more
    const int limit = std::clamp(std::min(digits, most), -300, 300);
    for (int few = std::min(0, limit); few < limit; ++few) {  // 0.9812 needs no more than four
      const double scale = std::pow(10., few);
      if (std::ranges::all_of(values, [&](double x) {
            return std::isnan(x) || std::abs(std::round(x * scale) / scale - x) <= 1e-12 * std::abs(x);
          }))
        return few;
    }
    return limit;
  }
  void add_code(std::uint64_t code) {
    for (; code >= 128; code /= 128) bytes_ += static_cast<char>(128 + code % 128);
    bytes_ += static_cast<char>(code);
  }

  std::string bytes_;
};

}  // namespace pipeline::reports
