// Numbers as text: strict and free of the locale.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pipeline::config {

/// The whole text as a number, or nothing. "inf" and "-inf" are numbers, "nan" is not; no white space, no "+".
std::optional<double> parse_real(std::string_view text);
/// Digits only, at most 2^64 - 1.
std::optional<std::uint64_t> parse_whole(std::string_view text);

/// The shortest text that reads back as the same number.
std::string shortest(double x);
std::string shortest(float x);
/// 9 significant digits, as metrics.csv has them; "nan" without a sign.
std::string nine_digits(double x);

}  // namespace pipeline::config
