// Reads a table of numbers with one column of labels, after RFC 4180: one separator between cells, "..." around a cell
// that contains separators, line ends or quotes ("" for a quote). UTF-8. Numbers are written 1, -2.5 or 3e-4, whatever
// the locale.
//
// Extensions: lines may end in LF instead of CRLF, the separator need not be a comma, a byte order mark is skipped,
// blanks around a cell are ignored, and the file may be gzipped.
//
// Every error names file:line:column (bytes, from 1) and the cell.
#pragma once
#include <charconv>
#include <cmath>
#include <optional>
#include <string_view>
#include <vector>

#include <pipeline/dataset.hpp>

#include "gz_file.hpp"

namespace pipeline::datasets {

struct CsvLabel {
  std::string word;
  std::size_t line, column;
};

struct CsvTable {
  arma::fmat features;             // [features x rows]
  std::vector<CsvLabel> labels;    // one per row
  std::vector<std::string> names;  // of all columns; empty without a header
};

class CsvReader {
 public:
  CsvReader(const std::filesystem::path& path, char separator) : path_(path), separator_(separator) {
    GzFile file(path);
    text_.resize(1 << 20);
    std::size_t have = 0;
    while (true) {
      have += file.read(text_.data() + have, text_.size() - have);
      if (have < text_.size()) break;
      text_.resize(text_.size() * 2);
    }
    text_.resize(have);
    if (text_.starts_with("\xEF\xBB\xBF")) at_ = line_start_ = 3;
    if (text_.starts_with("\xFF\xFE") || text_.starts_with("\xFE\xFF"))
      throw std::runtime_error(path.string() + ": is UTF-16; save it as UTF-8");
    if (done()) throw std::runtime_error(path.string() + ": is empty");
  }

  /// `label` is a name in the header, otherwise a column number from 1; empty: the last column.
  CsvTable read(bool header, const std::string& label) {
    CsvTable table;
    if (header) {
      do table.names.emplace_back(next_cell());
      while (!step());
      if (done()) complain(path_, 1, 1, "there is no row after the header");
    }
    const std::size_t columns = header ? table.names.size() : count_cells();
    if (columns < 2) complain(path_, 1, 1, "only one column: no features besides the label; is the separator right?");
    const std::size_t label_column = find_label(label, table.names, columns);
    table.features.set_size(columns - 1, most_rows(columns));
    std::size_t rows = 0;
    for (; !done(); ++rows) {
      float* feature = rows < table.features.n_cols ? table.features.colptr(rows) : nullptr;
      for (std::size_t c = 0; c < columns; ++c) {
        const std::string_view cell = next_cell();
        if (cell.empty()) complain_cell(named(c, table.names) + " is empty");
        if (c == label_column)
          table.labels.push_back({std::string(cell), cell_line_, cell_column_});
        else
          *feature++ = number(cell, c, rows == 0 && !header, table.names);
        const bool ended = at_row_end();
        if (ended && c + 1 < columns) complain_row(c + 1, columns);
        if (!ended && c + 1 == columns) complain_row(columns + 1, columns);
        step();
      }
    }
    if (rows < table.features.n_cols) table.features = arma::fmat(table.features.head_cols(rows));
    return table;
  }

  [[noreturn]] static void complain(const std::filesystem::path& path, std::size_t line, std::size_t column,
                                    const std::string& what) {
    throw std::runtime_error(path.string() + ":" + std::to_string(line) + ":" + std::to_string(column) + ": " + what);
  }

 private:
  /// The next cell, without quotes and blanks. at_ is then on the character that ended it. Valid until the next call.
  std::string_view next_cell() {
    skip_blanks();
    cell_line_ = line_;
    cell_column_ = at_ - line_start_ + 1;
    if (at_ < text_.size() && text_[at_] == '"') return quoted_cell();
    const std::size_t from = at_;
    while (!done() && text_[at_] != separator_ && text_[at_] != '\n') {
      if (text_[at_] == '"') complain_cell("a quote inside a cell; quote the whole cell and double the quote inside");
      ++at_;
    }
    std::size_t to = at_;
    if (at_row_end() && to > from && text_[to - 1] == '\r') --to;
    while (to > from && blank(text_[to - 1])) --to;
    return std::string_view(text_).substr(from, to - from);
  }

  std::string_view quoted_cell() {
    unquoted_.clear();
    for (++at_;; ++at_) {
      if (done()) complain_cell("this quote is never closed");
      if (text_[at_] == '"') {
        if (at_ + 1 >= text_.size() || text_[at_ + 1] != '"') break;
        ++at_;  // "" is one quote
      }
      if (text_[at_] == '\n') new_line(at_ + 1);
      unquoted_ += text_[at_];
    }
    ++at_;
    skip_blanks();
    if (at_ + 1 < text_.size() && text_[at_] == '\r' && text_[at_ + 1] == '\n') ++at_;
    if (!at_row_end() && text_[at_] != separator_) complain_cell("text after the closing quote of this cell");
    return unquoted_;
  }

  bool at_row_end() const { return done() || text_[at_] == '\n'; }

  /// Steps over what ended the cell; true if that ended the row. Empty lines are allowed only at the end.
  bool step() {
    if (!at_row_end()) {
      ++at_;
      return false;
    }
    if (done()) return true;
    new_line(++at_);
    const std::size_t next = text_.find_first_not_of("\r\n", at_);
    if (next == std::string::npos)
      at_ = text_.size();
    else if (next > at_)
      complain(path_, line_, 1, "an empty line; these are allowed only at the end");
    return true;
  }

  std::size_t count_cells() {
    const std::size_t at = at_, line = line_, line_start = line_start_;
    std::size_t n = 1;
    for (next_cell(); !step(); next_cell()) ++n;
    at_ = at, line_ = line, line_start_ = line_start;
    return n;
  }

  /// An upper bound: a row takes one line, and at least two bytes per cell.
  std::size_t most_rows(std::size_t columns) const {
    const auto end = text_.begin() + static_cast<std::ptrdiff_t>(text_.find_last_not_of("\r\n") + 1);
    const auto lines = static_cast<std::size_t>(std::count(text_.begin(), end, '\n')) + 1;
    return std::min(lines, text_.size() / (2 * columns) + 1);
  }

  std::size_t find_label(const std::string& label, const std::vector<std::string>& names, std::size_t columns) const {
    if (label.empty()) return columns - 1;
    const auto found = std::find(names.begin(), names.end(), label);
    if (found != names.end()) {
      if (std::find(found + 1, names.end(), label) != names.end())
        complain(path_, 1, 1, "two columns are named '" + label + "'; give the number of the label column");
      return static_cast<std::size_t>(found - names.begin());
    }
    std::size_t number = 0;
    const auto [end, error] = std::from_chars(label.data(), label.data() + label.size(), number);
    const bool whole = error == std::errc() && end == label.data() + label.size();
    if (whole && number >= 1 && number <= columns) return number - 1;
    std::string known = "columns are 1 to " + std::to_string(columns);
    for (std::size_t c = 0; c < names.size() && c < 20; ++c) known += (c ? ", " : ": ") + names[c];
    if (names.size() > 20) known += ", ...";
    complain(path_, 1, 1, "there is no column '" + label + "' for the label; the " + known);
  }

  float number(std::string_view cell, std::size_t column, bool first_line, const std::vector<std::string>& names) {
    std::string_view digits = cell;
    if (digits.size() > 1 && digits[0] == '+' && digits[1] != '-') digits.remove_prefix(1);
    double x = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), x);
    const auto refuse = [&](const std::string& why) {
      complain_cell(named(column, names) + ": '" + std::string(cell) + "' " + why);
    };
    if (error == std::errc::invalid_argument || end != digits.data() + digits.size())
      refuse(cell.find(',') != cell.npos ? "is not a number (the decimal point is '.')"
             : first_line                ? "is not a number (if this line names the columns, set header = yes)"
                                         : "is not a number");
    if (error == std::errc::result_out_of_range) refuse("is out of the range of float64");
    if (!std::isfinite(x)) refuse("is not a finite number");
    if (!std::isfinite(static_cast<float>(x))) refuse("is too large for float32");
    return static_cast<float>(x);
  }

  static std::string named(std::size_t column, const std::vector<std::string>& names) {
    return "column " + std::to_string(column + 1) + (names.empty() ? "" : " (" + names.at(column) + ")");
  }
  bool blank(char c) const { return c == ' ' || (c == '\t' && separator_ != '\t'); }
  void skip_blanks() {
    while (at_ < text_.size() && blank(text_[at_])) ++at_;
  }
  bool done() const { return at_ >= text_.size(); }
  void new_line(std::size_t start) {
    ++line_;
    line_start_ = start;
  }
  [[noreturn]] void complain_cell(const std::string& what) const { complain(path_, cell_line_, cell_column_, what); }
  [[noreturn]] void complain_row(std::size_t found, std::size_t columns) const {
    complain_cell(found > columns
                      ? "the line continues after " + std::to_string(columns) + " cells, the number in line 1"
                      : "the line ends after " + std::to_string(found) + " cells; line 1 has " +
                            std::to_string(columns));
  }

  std::filesystem::path path_;
  char separator_;
  std::string text_, unquoted_;
  std::size_t at_ = 0, line_ = 1, line_start_ = 0, cell_line_ = 1, cell_column_ = 1;
};

}  // namespace pipeline::datasets
