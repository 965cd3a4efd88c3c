// Numbers as text: parsed strictly, independent of the locale.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pipeline::base {

/// The whole text parsed as a number, or nothing. Accepts "inf" and "-inf", but not "nan", white space or "+".
std::optional<double> parse_real(std::string_view text);
/// Digits only, at most 2^64 - 1.
std::optional<std::uint64_t> parse_whole(std::string_view text);

/// The shortest text that reads back as the same number.
std::string shortest(double x);
std::string shortest(float x);
/// 9 significant digits, as in metrics.csv; "nan" without a sign.
std::string nine_digits(double x);

}  // namespace pipeline::base
