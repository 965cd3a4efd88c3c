// What a cell is: a number, a missing value, a date, or another word.
//
//   number    1, -2.5, +3 or 3e-4, whatever the locale
//   missing   empty, NA, N/A, n/a, #N/A, <NA>, NaN, nan, NAN, null, NULL, None, ?, .
#pragma once
#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace pipeline::datasets {

inline bool is_missing(std::string_view cell) {
  using namespace std::string_view_literals;
  if (cell.size() > 4) return false;
  static constexpr std::string_view words[] = {"",    "NA",  "N/A",  "n/a",  "#N/A", "<NA>", "NaN",
                                               "nan", "NAN", "null", "NULL", "None", "?",    "."};
  return std::ranges::find(words, cell) != std::end(words);
}

/// The number, or why it is none.
struct CsvNumber {
  static constexpr const char* not_a_number = "is not a number";
  double value = 0;
  const char* fault = nullptr;
};

inline CsvNumber number_in(std::string_view cell) {
  std::string_view digits = cell;
  if (digits.size() > 1 && digits[0] == '+' && digits[1] != '-' && digits[1] != '+') digits.remove_prefix(1);
  CsvNumber n;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), n.value);
  if (error == std::errc::invalid_argument || end != digits.data() + digits.size())
    n.fault = CsvNumber::not_a_number;
  else if (error == std::errc::result_out_of_range)
    n.fault = "is out of the range of float64";
  else if (!std::isfinite(n.value))
    n.fault = "is not a finite number";
  return n;
}

/// A number that a double holds exactly enough to tell it from its neighbours.
inline std::optional<double> exact_number(std::string_view word) {
  const CsvNumber n = number_in(word);
  if (n.fault || std::abs(n.value) >= 0x1p53) return std::nullopt;
  return n.value + 0.0;  // -0 is 0
}

inline bool is_number(std::string_view cell) { return !number_in(cell).fault; }

/// Whether a word looks like a date or a time of day: 2024-01-31, 31/1/24, 31.01.2024, 31-Jan-2024, Jan 2024, 1959Q1,
/// 12:30, 2024-01-31T12:30:00Z.
inline bool looks_like_a_date(std::string_view cell) {
  if (cell.size() > 40 || cell.size() < 4) return false;
  static constexpr std::string_view months[] = {"january", "february", "march",     "april",   "may",      "june",
                                                "july",    "august",   "september", "october", "november", "december"};
  // 31-Jan-2024 12:30 becomes d-m-d d:d: d for a run of digits, m for the name of a month.
  std::string shape;
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto letter = [](char c) { return (c | 32) >= 'a' && (c | 32) <= 'z'; };
  for (std::size_t at = 0; at < cell.size();) {
    const std::size_t from = at;
    if (digit(cell[at])) {
      while (at < cell.size() && digit(cell[at])) ++at;
      if (at - from > 4 && at - from != 6) return false;  // 6: microseconds
      shape += 'd';
    } else if (letter(cell[at])) {
      while (at < cell.size() && letter(cell[at])) ++at;
      std::string word(cell.substr(from, at - from));
      if (word.size() < 3) {
        shape += word;  // the Q of a quarter, T and Z, AM and PM
        continue;
      }
      std::ranges::transform(word, word.begin(), [](char c) { return static_cast<char>(c | 32); });
      if (std::ranges::none_of(months, [&](std::string_view month) { return month.starts_with(word); })) return false;
      shape += 'm';
    } else {
      shape += cell[at++];
    }
  }
  static constexpr std::string_view days[] = {"d-d-d", "d/d/d", "d.d.d", "d-m-d", "d/m/d", "d m d", "m d, d",
                                              "m d d", "m d",   "m-d",   "d-m",   "d m",   "dQd",   "dq",
                                              "dMd",   "d-Qd",  "d Qd",  "Qd d",  "Qd-d"};
  static constexpr std::string_view times[] = {"d:d", "d:d:d", "d:d:d.d"};
  const auto is_time = [&](std::string_view text) {
    for (const std::string_view time : times)
      if (text.starts_with(time)) {
        std::string_view rest = text.substr(time.size());
        if (rest.empty() || rest == "Z" || rest == "AM" || rest == "PM" || rest == " AM" || rest == " PM" ||
            rest == "am" || rest == "pm" || rest == "+d:d" || rest == "-d:d" || rest == "+d" || rest == "-d")
          return true;
      }
    return false;
  };
  if (is_time(shape)) return true;
  for (const std::string_view day : days)
    if (shape.starts_with(day)) {
      const std::string_view rest = std::string_view(shape).substr(day.size());
      if (rest.empty() || ((rest[0] == ' ' || rest[0] == 'T') && is_time(rest.substr(1)))) return true;
    }
  return false;
}

/// How many of these names are numbers, if they count up from 0 or 1, as data frames name columns; otherwise 0.
inline std::size_t counted_names(const std::vector<std::string_view>& names) {
  std::size_t count = 0;
  double last = 0;
  for (const std::string_view name : names) {
    const CsvNumber n = number_in(name);
    if (n.fault) continue;
    if (count == 0 ? n.value != 0 && n.value != 1 : n.value != last + 1) return 0;
    last = n.value;
    ++count;
  }
  return count;
}

}  // namespace pipeline::datasets
