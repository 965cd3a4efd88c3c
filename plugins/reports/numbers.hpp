// Numbers as text, whatever the locale.
#pragma once
#include <algorithm>
#include <charconv>
#include <cmath>
#include <concepts>
#include <string>
#include <vector>

namespace pipeline::reports {

/// For data files: nine significant digits, as in metrics.csv.
inline std::string number(double x) {
  if (std::isnan(x)) return "nan";
  char text[32];
  return {text, std::to_chars(text, text + sizeof text, x, std::chars_format::general, 9).ptr};
}
template <std::integral Whole>
std::string number(Whole n) {
  return std::to_string(n);
}

constexpr double too_large = 1e9;  // a network that diverged may show anything

/// For people.
inline std::string fixed(double x, int decimals) {
  if (std::isnan(x)) return "nan";
  char text[64];
  const auto end = std::abs(x) < too_large
                       ? std::to_chars(text, text + sizeof text, x, std::chars_format::fixed, decimals)
                       : std::to_chars(text, text + sizeof text, x, std::chars_format::scientific, 2);
  return {text, end.ptr};
}

/// How many decimals numbers beside each other get: `digits` for the largest, three for the smallest, and no
/// zeros that all of them end in.
inline int decimals_for(std::vector<double> numbers, int digits) {
  std::erase_if(numbers, [](double x) { return x == 0 || !std::isfinite(x) || std::abs(x) >= too_large; });
  if (numbers.empty()) return 0;
  for (double& x : numbers) x = std::abs(x);
  const auto before_point = [](double x) { return static_cast<int>(std::floor(std::log10(x))) + 1; };
  const auto [low, high] = std::minmax_element(numbers.begin(), numbers.end());
  int decimals = std::max(std::min(digits - before_point(*high), digits), 3 - before_point(*low));
  decimals = std::clamp(decimals, 0, 9);
  const auto ends_in_zero = [&](double x) { return fixed(x, decimals).back() == '0'; };
  while (decimals > 0 && std::all_of(numbers.begin(), numbers.end(), ends_in_zero)) --decimals;
  return decimals;
}

}  // namespace pipeline::reports
