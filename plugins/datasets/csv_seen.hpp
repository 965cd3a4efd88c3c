// A table as it seems to be: separator, comments, names, and what its columns hold. For `pipeline data inspect`.
#pragma once
#include <string>
#include <tuple>
#include <vector>

#include "csv_columns_seen.hpp"
#include "csv_lexer.hpp"

namespace pipeline::datasets {

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
  std::size_t rows = 0, cells = 0, numbers = 0, first_line = 1;
  bool even = true;
  bool fits() const { return even && cells > 1; }
  auto score() const { return std::tuple(fits(), cells > 1, numbers, cells); }
};

inline CsvGuess guess(const std::filesystem::path& path, const CsvText& text, const CsvFormat& format,
                      std::size_t skipped) {
  CsvGuess out{format};
  CsvLexer lexer(path, text, format, skipped);
  CsvRow row;
  try {
    while (out.rows < 200 && lexer.next(row)) {
      if (out.rows == 0) out.cells = row.size(), out.first_line = row.front().line;
      out.even &= row.size() == out.cells && row.size() <= CsvLexer::most_columns;
      if (!out.even) break;
      for (const CsvCell& cell : row) out.numbers += is_number(cell.text);
      ++out.rows;
    }
  } catch (const std::runtime_error&) {
    out.even = false;
  }
  return out;
}

/// The separator and the comment mark that explain the first rows best, behind `skipped` lines.
inline CsvGuess best_guess(const std::filesystem::path& path, const CsvText& text, std::size_t skipped = 0) {
  std::vector<std::string> comments = {"", "#", "%", "//"};
  for (std::string& mark : comments)  // "# made by hand" is a comment, even if it has as many words as a row has cells
    if (!mark.empty() && text.text().starts_with(mark + " ")) std::swap(mark, comments.front());
  CsvGuess best;
  best.even = false;
  for (const std::string& comment : comments)
    for (const char separator : {',', ';', '\t', ' '}) {
      const CsvGuess next = guess(path, text, {separator, comment}, skipped);
      if (next.score() > best.score()) best = next;
    }
  return best;
}

/// Refuses lines with fewer cells above a table that is even from there on, such as a title.
inline void refuse_title(const std::filesystem::path& path, const CsvText& text) {
  for (std::size_t lines = 1; lines <= 20; ++lines) {
    const CsvGuess table = best_guess(path, text, lines);
    if (!table.fits() || table.rows < 2) continue;
    std::size_t most_cells = 0, cells = 1, line = 0;
    char last = '\n';
    for (const char c : text.text()) {
      if (line == lines) break;
      const bool spaced = table.format.separator == ' ';
      cells += c == table.format.separator && !(spaced && (last == ' ' || last == '\n'));
      most_cells = std::max(most_cells, cells);
      if (c == '\n') cells = 1, ++line;
      last = c;
    }
    if (most_cells >= table.cells) continue;
    const std::string begins = "the table, which begins in line " + std::to_string(table.first_line) + " with " +
                               std::to_string(table.cells) + " cells";
    const std::string away = ", or begin each such line with # and set comment = \"#\"";
    if (lines == 1 && most_cells + 1 == table.cells)
      complain(path, 1, 1,
               "line 1 has " + std::to_string(most_cells) + " cells, one fewer than the lines of " + begins +
                   "; if it names all columns but the first, as R writes them, add that name; if it is no part of the "
                   "table, delete it" +
                   away);
    complain(path, 1, 1,
             lines == 1 ? "line 1 is no part of " + begins + "; delete it" + away
                        : "lines 1 to " + std::to_string(lines) + " are no part of " + begins + "; delete them" + away);
  }
}

/// Whether the first row names the columns: words above numbers, words that never occur again, or the numbers that data
/// frames give to columns without names.
inline bool names_columns(const CsvRow& first, const std::vector<CsvColumnSeen>& below) {
  bool words_above_numbers = false, all_words = true, any_word = false, any_again = false;
  std::vector<std::string_view> names;
  for (std::size_t c = 0; c < first.size(); ++c) {
    const bool word = !is_missing(first[c].text) && !is_number(first[c].text);
    const bool name = word && std::ranges::any_of(first[c].text, [](char x) {  // not "-" or "<5"
                        return std::isalpha(static_cast<unsigned char>(x)) || static_cast<unsigned char>(x) >= 0x80;
                      });
    words_above_numbers |=
        name && (below[c].all_numbers() || (below[c].mostly_numbers() && !below[c].different.contains(first[c].text)));
    all_words &= word || first[c].text.empty();
    any_word |= word;
    any_again |= word && below[c].different.contains(first[c].text);
    names.push_back(first[c].text);
  }
  if (words_above_numbers) return true;
  if (all_words) return !any_again;
  // 0, 1, 2, ... is also a sample that may occur; 1, 2, 3, ... above whole numbers is more often a sample.
  const std::size_t counted = counted_names(names);
  const bool index = names.front().empty() && below.front().counts;
  const bool from_0 = std::ranges::count(names, "0") > 0;
  const bool fractions = std::ranges::any_of(below, [](const CsvColumnSeen& s) { return !s.whole || s.words > 0; });
  return !any_again && counted > 0 && (index || (counted > 2 && (any_word || from_0 || fractions)));
}

/// Adds up to `most` rows. A row of another length is an error.
inline void see_rows(CsvLexer& lexer, const std::filesystem::path& path, std::size_t most, CsvSeen& seen) {
  const std::size_t count = seen.columns.size();
  for (CsvRow row; seen.rows < most && lexer.next(row, count); ++seen.rows) {
    if (row.size() != count)
      complain(path, row.front().line, 1,
               std::string("the line has ") + (row.size() > count ? "more" : "fewer") + " cells than line " +
                   std::to_string(seen.first_line) + ", which has " + std::to_string(count) +
                   "; if one of the two is no part of the table, delete it");
    for (std::size_t c = 0; c < count; ++c) seen.columns[c].see(row[c].text, seen.rows, row.front().line);
  }
}

inline CsvSeen see(const std::filesystem::path& path) {
  const CsvText text(path);
  CsvSeen seen;
  const CsvGuess best = best_guess(path, text);
  if (!best.fits()) refuse_title(path, text);
  seen.format = best.format;
  CsvLexer some(path, text, seen.format), all(path, text, seen.format);
  CsvRow first;
  if (!all.next(first)) throw std::runtime_error(path.string() + ": has only comments and empty lines");
  seen.first_line = first.front().line;
  seen.columns.resize(first.size());
  CsvSeen begin = seen;
  CsvRow skipped;
  some.next(skipped);
  see_rows(some, path, 1000, begin);
  if (begin.rows == 0) {
    const bool words = std::ranges::none_of(first, [](const CsvCell& cell) { return is_number(cell.text); });
    complain(path, seen.first_line, 1,
             words ? "this line seems to name the columns, and no row follows: a table needs rows below its names"
                   : "this is the only row: a table needs rows to train on and to test on");
  }
  seen.header = names_columns(first, begin.columns);
  for (std::size_t c = 0; c < first.size(); ++c)
    if (seen.header)
      seen.names.emplace_back(first[c].text);
    else
      seen.columns[c].see(first[c].text, 0, seen.first_line);
  seen.rows = seen.header ? 0 : 1;
  see_rows(all, path, std::numeric_limits<std::size_t>::max(), seen);
  return seen;
}

}  // namespace pipeline::datasets
