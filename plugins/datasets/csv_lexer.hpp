// Splits the text of a table into rows of cells, after RFC 4180: one separator between cells, "..." around a cell that
// contains separators, line ends or quotes ("" for a quote).
//
// Extensions: lines may end in LF; the separator may be another one, or any run of blanks and tabs; lines that begin
// with the comment mark are skipped; blanks around a cell are ignored; empty lines are allowed before the first row and
// after the last.
//
// Every error names file:line:column (bytes, from 1).
#pragma once
#include <boost/algorithm/string/replace.hpp>
#include <deque>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "csv_text.hpp"

namespace pipeline::datasets {

struct CsvFormat {
  char separator = ',';  // ' ': any run of blanks and tabs
  std::string comment;   // how lines begin that are no rows; empty: there are none
};

struct CsvCell {
  std::string_view text;
  std::size_t line, column;
};
using CsvRow = std::vector<CsvCell>;

[[noreturn]] inline void complain(const std::filesystem::path& path, std::size_t line, std::size_t column,
                                  const std::string& what) {
  throw std::runtime_error(path.string() + ":" + std::to_string(line) + ":" + std::to_string(column) + ": " + what);
}

/// The end of a message about how a table is built. The command can be pasted into a shell.
inline std::string see_the_table(const std::filesystem::path& path) {
  std::string file = path.string();
  const bool plain = std::ranges::all_of(file, [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) ||
           std::string_view("/._-+@:,=").find(c) != std::string_view::npos;
  });
  if (!plain) file = "'" + boost::replace_all_copy(file, "'", "'\\''") + "'";
  return "; pipeline data inspect " + file + " shows what the table is";
}

class CsvLexer {
 public:
  static constexpr std::size_t most_columns = 1'000'000;

  /// Begins after `skipped` lines.
  CsvLexer(const std::filesystem::path& path, const CsvText& text, CsvFormat format, std::size_t skipped = 0)
      : path_(path), text_(text.text()), format_(std::move(format)), mark_(text.mark()) {
    for (; skipped > 0 && !done(); --skipped) skip_line();
  }

  /// Reads the next row; false after the last. Its cells are valid until the next call. A row of more than `most` cells
  /// is left after one more.
  bool next(CsvRow& row, std::size_t most = most_columns) {
    row.clear();
    unquoted_.clear();
    if (!find_row()) return false;
    while (true) {
      row.push_back(next_cell());
      if (row.size() > most) return true;
      if (at_line_end()) break;
      if (!spaced()) ++at_;
    }
    end_line();
    return true;
  }

  /// Goes on behind the line that a row of too many cells was left in.
  void skip_line() {
    at_ = std::min(text_.find('\n', at_), text_.size());
    end_line();
  }

 private:
  /// Skips comments and empty lines; false at the end of the text.
  bool find_row() {
    std::size_t empty_line = 0;
    for (; !done(); end_line()) {
      if (!format_.comment.empty() && text_.substr(at_).starts_with(format_.comment)) {
        at_ = std::min(text_.find('\n', at_), text_.size());
        continue;
      }
      skip_blanks();
      if (!at_line_end()) {
        if (empty_line) complain(path_, empty_line, 1, "an empty line inside the table: delete it");
        if (!spaced()) at_ = line_start_;
        in_table_ = true;
        return true;
      }
      if (in_table_ && !empty_line) empty_line = line_;
    }
    return false;
  }

  /// The next cell, without quotes and blanks. at_ is then on the character that ended it.
  CsvCell next_cell() {
    skip_blanks();
    CsvCell cell{{}, line_, column()};
    if (!done() && text_[at_] == '"') {
      cell.text = quoted_cell(cell);
    } else {
      const std::size_t from = at_;
      while (!at_line_end() && !at_separator()) {
        if (text_[at_] == '"')
          complain_at(cell, "a quote inside a cell; quote the whole cell and double the quote inside");
        if (text_[at_] == '\r') complain_at(cell, "a CR inside a line: lines must end in LF or CRLF");
        ++at_;
      }
      std::size_t to = at_;
      while (to > from && blank(text_[to - 1])) --to;
      cell.text = text_.substr(from, to - from);
    }
    if (spaced()) skip_blanks();
    return cell;
  }

  std::string_view quoted_cell(const CsvCell& cell) {
    const std::size_t from = ++at_;
    bool doubled = false;
    for (;; ++at_) {
      if (done()) complain_at(cell, "this quote is never closed");
      if (text_[at_] == '\n') ++line_, line_start_ = at_ + 1;
      if (text_[at_] != '"') continue;
      if (at_ + 1 >= text_.size() || text_[at_ + 1] != '"') break;
      doubled = true;
      ++at_;
    }
    std::string_view inside = text_.substr(from, at_++ - from);
    skip_blanks();
    if (!at_line_end() && !at_separator() && !(spaced() && blank(text_[at_ - 1])))
      complain_at(cell, "text after the closing quote of this cell" + other_separator());
    if (!doubled) return inside;
    std::string& single = unquoted_.emplace_back();
    for (std::size_t i = 0; i < inside.size(); ++i) {
      single += inside[i];
      if (inside[i] == '"') ++i;  // "" is one quote
    }
    return single;
  }

  std::string other_separator() const {
    const char c = text_[at_];
    return c == ';'    ? "; is separator = semicolon meant?"
           : c == ','  ? "; is separator = comma meant?"
           : c == '\t' ? "; is separator = tab meant?"
                       : "";
  }

  bool done() const { return at_ >= text_.size(); }
  bool spaced() const { return format_.separator == ' '; }
  bool blank(char c) const { return c == ' ' || (c == '\t' && format_.separator != '\t'); }
  bool at_separator() const { return spaced() ? blank(text_[at_]) : text_[at_] == format_.separator; }
  bool at_line_end() const {
    return done() || text_[at_] == '\n' || (text_[at_] == '\r' && (at_ + 1 == text_.size() || text_[at_ + 1] == '\n'));
  }
  void end_line() {
    if (!done() && text_[at_] == '\r') ++at_;
    if (done()) return;
    ++line_;
    line_start_ = ++at_;
  }
  void skip_blanks() {
    while (!done() && blank(text_[at_])) ++at_;
  }
  std::size_t column() const { return at_ - line_start_ + 1 + (line_ == 1 ? mark_ : 0); }
  [[noreturn]] void complain_at(const CsvCell& cell, const std::string& what) const {
    complain(path_, cell.line, cell.column, what);
  }

  std::filesystem::path path_;
  std::string_view text_;
  CsvFormat format_;
  std::size_t mark_;
  std::deque<std::string> unquoted_;  // the cells of this row that contained quotes
  std::size_t at_ = 0, line_ = 1, line_start_ = 0;
  bool in_table_ = false;
};

}  // namespace pipeline::datasets
