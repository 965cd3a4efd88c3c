// What one column of a table holds, found by reading all its cells: for `pipeline data inspect`.
#pragma once
#include <functional>
#include <limits>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "csv_cell.hpp"
#include "csv_foreign.hpp"
#include "csv_order.hpp"

namespace pipeline::datasets {

struct CsvTextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};

/// A word of a column.
struct CsvWordSeen {
  std::size_t count, first_row;  // rows count from 0
};

struct CsvColumnSeen {
  static constexpr std::size_t most_different = 1000;  // more are not counted

  std::size_t numbers = 0, dates = 0, words = 0, missing = 0;
  std::map<const ForeignNumber*, std::size_t> foreign;
  std::size_t first_foreign = 0;  // its line
  double low = std::numeric_limits<double>::infinity(), high = -low;
  std::size_t times_low = 0, times_high = 0;
  bool whole = true, counts = true;
  std::unordered_map<std::string, CsvWordSeen, CsvTextHash, std::equal_to<>> different;
  bool too_many = false;
  std::vector<std::pair<std::string, std::size_t>> first_words;  // the first different ones, and their lines
  std::string last;                                              // word of the last row that has one
  std::size_t changes = 0;                                       // rows whose word differs from that before
  double next = 0;                                               // what a column that counts the rows has next
  CsvOrder<double> number_order{true}, year_order{false};
  CsvDateOrder date_order;

  void see(std::string_view cell, std::size_t row, std::size_t line) {
    if (is_missing(cell)) {
      ++missing;
      counts = false;
      return;
    }
    if (const CsvNumber n = number_in(cell); !n.fault) {
      see_number(n.value);
    } else {
      counts = false;
      see_word(cell, line);
    }
    if (too_many) return;
    cell = cell.substr(0, 200);
    if (changes == 0 || cell != last) ++changes, last = cell;
    if (const auto known = different.find(cell); known != different.end())
      ++known->second.count;
    else if (different.size() < most_different)
      different.emplace(cell, CsvWordSeen{1, row});
    else
      too_many = true;
  }

  std::size_t present() const { return numbers + all_foreign() + dates + words; }
  bool all_numbers() const { return numbers == present() && numbers > 0; }
  /// Whether these are probably years.
  bool years() const { return all_numbers() && whole && low >= 1800 && high <= 2100 && different.size() > 2; }
  /// Whether every word stands in rows that follow each other.
  bool sorted() const { return !too_many && different.size() > 1 && changes == different.size(); }

  /// Whether nearly all cells are numbers, though some are written in another way or are words.
  bool mostly_numbers() const {
    return !all_numbers() && dates == 0 && numbers + all_foreign() > 0 && words * 5 < present();
  }
  /// How most numbers are written that csv does not read; nullptr if there are none.
  const ForeignNumber* mostly_foreign() const {
    std::map<const ForeignNumber*, std::size_t> counted = foreign;
    if (const std::size_t open = foreign.contains(&some_comma) ? foreign.at(&some_comma) : 0)  // 1,234 may be either
      for (const ForeignNumber* is : {&decimal_comma, &thousands})
        if (foreign.contains(is)) counted[is] += open;
    const auto most = std::ranges::max_element(counted, {}, [](const auto& kind) { return kind.second; });
    return most == counted.end() ? nullptr : most->first;
  }
  std::size_t all_foreign() const {
    std::size_t count = 0;
    for (const auto& [is, times] : foreign) count += times;
    return count;
  }
  /// Whether the rows stand in the order of this column, as in a series in time.
  bool rises(std::size_t rows) const {
    if (rows < 10 || present() != rows) return false;
    if (dates == rows) return date_order.rises();
    return all_numbers() && !counts && (years() ? year_order.rises() : number_order.rises());
  }
  bool falls(std::size_t rows) const { return rows >= 10 && dates == rows && date_order.falls(); }

 private:
  void see_number(double value) {
    counts = counts && (numbers == 0 ? value == 0 || value == 1 : value == next);
    next = value + 1;
    ++numbers;
    if (value < low) low = value, times_low = 0;
    if (value > high) high = value, times_high = 0;
    times_low += value == low, times_high += value == high;
    whole = whole && value == std::floor(value);
    number_order.see(value);
    year_order.see(value);
  }

  void see_word(std::string_view cell, std::size_t line) {
    if (const ForeignNumber* is = foreign_number(cell)) {
      if (foreign.empty()) first_foreign = line;
      ++foreign[is];
      return;
    }
    if (looks_like_a_date(cell)) {
      ++dates;
      date_order.see(cell);
      return;
    }
    ++words;
    cell = cell.substr(0, 200);
    if (first_words.size() < 5 &&
        std::ranges::none_of(first_words, [&](const auto& known) { return known.first == cell; }))
      first_words.emplace_back(cell, line);
  }
};

}  // namespace pipeline::datasets
