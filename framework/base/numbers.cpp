#include "base/numbers.hpp"

#include <charconv>
#include <cmath>

namespace pipeline::base {

namespace {
template <class... Format>
std::string written(double x, Format... format) {
  char buffer[64];
  return {buffer, std::to_chars(buffer, buffer + sizeof buffer, x, format...).ptr};
}
}  // namespace

std::optional<double> parse_real(std::string_view text) {
  if (text == "inf" || text == "-inf") return text == "inf" ? INFINITY : -INFINITY;
  double x = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), x);
  // from_chars also accepts "infinity", "INF" and "nan". One spelling is enough, and nan is not a value here.
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(x)) return std::nullopt;
  return x;
}

std::optional<std::uint64_t> parse_whole(std::string_view text) {
  std::uint64_t x = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), x);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return x;
}

std::string shortest(double x) { return written(x); }

std::string shortest(float x) {
  char buffer[64];
  return {buffer, std::to_chars(buffer, buffer + sizeof buffer, x).ptr};
}

std::string nine_digits(double x) { return std::isnan(x) ? "nan" : written(x, std::chars_format::general, 9); }

}  // namespace pipeline::base
