#include <pipeline/numbers.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/numbers.hpp"

namespace pipeline {

namespace {
constexpr double kTooLarge = 1e9;  // a diverged network may produce any value
}

std::string nine_digits(double x) { return base::nine_digits(x); }

std::string fixed(double x, int decimals) {
  if (std::isnan(x)) return "nan";
  char text[64];
  const auto end = std::abs(x) < kTooLarge
                       ? std::to_chars(text, text + sizeof text, x, std::chars_format::fixed, decimals)
                       : std::to_chars(text, text + sizeof text, x, std::chars_format::scientific, 2);
  return {text, end.ptr};
}

int decimals_for(std::vector<double> numbers, int digits) {
  std::erase_if(numbers, [](double x) { return x == 0 || !std::isfinite(x) || std::abs(x) >= kTooLarge; });
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

}  // namespace pipeline
