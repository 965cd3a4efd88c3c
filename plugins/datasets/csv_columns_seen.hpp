// What the columns of a table hold, found by reading all cells: for `pipeline data inspect`.
#pragma once
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "csv_cell.hpp"
#include "csv_lexer.hpp"

namespace pipeline::datasets {

struct CsvTextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};

struct CsvColumnSeen {
  static constexpr std::size_t most_different = 1000;  // more are not counted

  std::size_t numbers = 0, dates = 0, words = 0, missing = 0;
  double low = std::numeric_limits<double>::infinity(), high = -low;
  bool whole = true, counts = true;
  std::unordered_map<std::string, std::size_t, CsvTextHash, std::equal_to<>> different;  // how often each occurs
  bool too_many = false;
  std::string last;         // word of the last row that has one
  std::size_t changes = 0;  // rows whose word differs from that before
  double next = 0;          // what a column that counts the rows has next

  void see(std::string_view cell) {
    if (is_missing(cell)) {
      ++missing;
      counts = false;
      return;
    }
    const CsvNumber n = number_in(cell);
    if (n.fault) {
      ++(looks_like_a_date(cell) ? dates : words);
      counts = false;
    } else {
      counts = counts && (numbers == 0 ? n.value == 0 || n.value == 1 : n.value == next);
      next = n.value + 1;
      ++numbers;
      low = std::min(low, n.value), high = std::max(high, n.value);
      whole = whole && n.value == std::floor(n.value);
    }
    if (too_many) return;
    cell = cell.substr(0, 200);
    if (changes == 0 || cell != last) ++changes, last = cell;
    if (const auto known = different.find(cell); known != different.end())
      ++known->second;
    else if (different.size() < most_different)
      different.emplace(cell, 1);
    else
      too_many = true;
  }

  std::size_t present() const { return numbers + dates + words; }
  bool all_numbers() const { return numbers == present() && numbers > 0; }
  /// Whether every word stands in rows that follow each other.
  bool sorted() const { return !too_many && different.size() > 1 && changes == different.size(); }
};

/// A table as it seems to be, and its columns.
struct CsvSeen {
  CsvFormat format;
  bool header = false;
  std::vector<std::string> names;  // empty without a header
  std::size_t rows = 0, first_line = 1;
  std::vector<CsvColumnSeen> columns;
};

/// How well a separator explains the first rows: as many cells in every row, and many of them numbers.
struct CsvGuess {
  CsvFormat format;
  std::size_t rows = 0, cells = 0, numbers = 0;
  bool even = true;
  auto score() const { return std::tuple(even && cells > 1, cells > 1, numbers, cells); }
};

inline CsvGuess guess(const std::filesystem::path& path, const CsvText& text, const CsvFormat& format) {
  CsvGuess out{format};
  CsvLexer lexer(path, text, format);
  CsvRow row;
  try {
    while (out.rows < 200 && lexer.next(row)) {
      if (out.rows == 0) out.cells = row.size();
      out.even &= row.size() == out.cells;
      if (!out.even) break;
      for (const CsvCell& cell : row) out.numbers += is_number(cell.text);
      ++out.rows;
    }
  } catch (const std::runtime_error&) {
    out.even = false;
  }
  return out;
}

/// The separator and the comment mark that explain the first rows best.
inline CsvFormat guess_format(const std::filesystem::path& path, const CsvText& text) {
  std::vector<std::string> comments = {"", "#", "%", "//"};
  for (std::string& mark : comments)  // "# made by hand" is a comment, even if it has as many words as a row has cells
    if (!mark.empty() && text.text().starts_with(mark + " ")) std::swap(mark, comments.front());
  CsvGuess best;
  best.even = false;
  for (const std::string& comment : comments)
    for (const char separator : {',', ';', '\t', ' '}) {
      const CsvGuess next = guess(path, text, {separator, comment});
      if (next.score() > best.score()) best = next;
    }
  return best.format;
}

/// Whether the first row names the columns: words above numbers, or words that never occur again.
inline bool names_columns(const CsvRow& first, const std::vector<CsvColumnSeen>& below) {
  bool words_above_numbers = false, all_words = true, any_again = false;
  for (std::size_t c = 0; c < first.size(); ++c) {
    const bool word = !is_missing(first[c].text) && !is_number(first[c].text);
    words_above_numbers |= word && below[c].all_numbers();
    all_words &= word || first[c].text.empty();
    any_again |= word && below[c].different.contains(first[c].text);
  }
  return words_above_numbers || (all_words && !any_again);
}

/// Adds up to `most` rows. A row of another length is an error.
inline void see_rows(CsvLexer& lexer, const std::filesystem::path& path, std::size_t most, CsvSeen& seen) {
  const std::size_t count = seen.columns.size();
  for (CsvRow row; seen.rows < most && lexer.next(row, count); ++seen.rows) {
    if (row.size() != count)
      complain(path, row.front().line, 1,
               std::string("the line has ") + (row.size() > count ? "more" : "fewer") + " cells than line " +
                   std::to_string(seen.first_line) + ", which has " + std::to_string(count) +
                   (seen.rows ? "" : "; if that line is no part of the table, delete it"));
    for (std::size_t c = 0; c < count; ++c) seen.columns[c].see(row[c].text);
  }
}

inline CsvSeen see(const std::filesystem::path& path) {
  const CsvText text(path);
  CsvSeen seen;
  seen.format = guess_format(path, text);
  CsvLexer some(path, text, seen.format), all(path, text, seen.format);
  CsvRow first;
  if (!all.next(first)) throw std::runtime_error(path.string() + ": has only comments and empty lines");
  seen.first_line = first.front().line;
  seen.columns.resize(first.size());
  CsvSeen begin = seen;
  CsvRow skipped;
  some.next(skipped);
  see_rows(some, path, 1000, begin);
  seen.header = begin.rows > 0 && names_columns(first, begin.columns);
  for (const CsvCell& cell : first) {
    if (seen.header)
      seen.names.emplace_back(cell.text);
    else
      seen.columns[static_cast<std::size_t>(&cell - first.data())].see(cell.text);
  }
  seen.rows = seen.header ? 0 : 1;
  see_rows(all, path, std::numeric_limits<std::size_t>::max(), seen);
  return seen;
}

}  // namespace pipeline::datasets
