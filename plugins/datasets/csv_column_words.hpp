// What is said of one column of a table: for `pipeline data inspect`.
#pragma once
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <pipeline/numbers.hpp>
#include <pipeline/quoted.hpp>

#include "csv_columns_seen.hpp"

namespace pipeline::datasets {

inline std::string number_of(std::size_t n, const std::string& what) {
  return std::to_string(n) + " " + what + (n == 1 ? "" : what.ends_with("s") ? "es" : "s");
}
/// A label: a number as it is, a word in quotes.
inline std::string shown(const std::string& text) { return is_number(text) ? text : pipeline::quoted(text); }
inline std::string unquoted(const std::string& text) {
  const std::string shown = pipeline::quoted(text);
  return shown.substr(1, shown.size() - 2);
}

/// "'-' (first in line 7), '<5' (line 12)"
inline std::string first_words(const CsvColumnSeen& s) {
  std::string out;
  for (std::size_t i = 0; i < s.first_words.size() && i < 4; ++i)
    out += (i ? ", " : "") + pipeline::quoted(s.first_words[i].first) + " (" + (i ? "" : "first in ") + "line " +
           std::to_string(s.first_words[i].second) + ")";
  return out + (s.first_words.size() > 4 ? ", ..." : "");
}

inline std::string held(const CsvColumnSeen& s) {
  if (s.present() == 0) return "nothing";
  std::string range =
      std::string(s.whole ? "whole numbers " : "numbers ") + nine_digits(s.low) + " to " + nine_digits(s.high);
  if (s.all_numbers()) return range;
  if (const ForeignNumber* foreign = s.mostly_foreign(); foreign && s.mostly_numbers())
    return std::string("numbers with ") + foreign->with;
  if (s.mostly_numbers()) return range + ", and " + number_of(s.words, "word");
  std::string words = s.numbers ? "numbers and words: " : s.dates == s.present() ? "dates or times: " : "words: ";
  std::size_t n = 0;
  std::set<std::string> sorted;
  for (const auto& [word, count] : s.different) sorted.insert(word);
  for (const std::string& word : sorted) {
    if (s.numbers && is_number(word)) continue;
    if (n == 3) return words + ", ...";
    words += (n++ ? ", " : "") + pipeline::quoted(word);
  }
  return words;
}

/// Why the column cannot be an input.
inline std::optional<std::string> why_left_out(const CsvColumnSeen& s, std::size_t rows) {
  if (s.present() == 0) return "holds nothing";
  if (2 * s.missing > rows) return "more than half is missing";
  if (s.counts && rows >= 10) return "only counts the rows";
  if (s.different.size() == 1) return "is the same in every row";
  if (s.dates > 0) return "holds dates or times";
  if (const ForeignNumber* foreign = s.mostly_foreign(); foreign && s.mostly_numbers())
    return number_of(s.all_foreign(), "cell") + (s.all_foreign() == 1 ? " looks like a number" : " look like numbers") +
           " with " + foreign->with + " (first in line " + std::to_string(s.first_foreign) +
           "), which csv does not read: " + foreign->remedy;
  if (s.mostly_numbers())
    return std::to_string(s.words) + " of " + number_of(s.present(), "cell") +
           (s.words == 1 ? " is not a number: " : " are not numbers: ") + first_words(s) +
           "; to keep the column, write numbers, or leave these cells empty";
  if (!s.all_numbers() && (s.too_many || s.different.size() > 20 || 2 * s.different.size() > rows))
    return "holds " + (s.too_many ? "more than 1,000" : std::to_string(s.different.size())) + " different words" +
           (s.different.size() * 10 > s.present() * 8 ? ", like names or numbers of things" : "");
  return std::nullopt;
}

/// The numbers of a column that often stand for a missing value, and what to do.
inline std::vector<std::string> stand_ins(const CsvColumnSeen& s) {
  static constexpr double known[] = {-99, -999, -9999, -99999, -999999, 999, 9999, 99999, 999999};
  std::vector<std::string> out;
  for (const auto& [value, times, what] :
       {std::tuple(s.low, s.times_low, "least"), std::tuple(s.high, s.times_high, "largest")})
    if (times > 1 && s.low < s.high && std::ranges::count(known, value))
      out.push_back(nine_digits(value) + ", its " + what + " value, occurs " + std::to_string(times) +
                    " times; if it means that the value is missing, leave these cells empty");
  return out;
}

}  // namespace pipeline::datasets
