// Reads a table: its header, and of every row the columns that are used.
//
// Every error names file:line:column (bytes, from 1), the column of the table and the cell.
#pragma once
#include "csv_table.hpp"

namespace pipeline::datasets {

struct CsvReading {
  CsvFormat format;
  bool header = true;
  CsvChoice choice;
  std::string missing = "refuse";  // or drop_rows, mean
};

/// What to do about a first line that was read as one cell: "; the line has semicolons: set separator = semicolon".
inline std::string separator_advice(std::string_view line) {
  if (line.starts_with('#') || line.starts_with('%'))
    return std::string("; if this line is a comment, set comment = \"") + line[0] + "\"";
  const auto set = [](const char* what, const char* word) {
    return std::string("; the line has ") + what + ": set separator = " + word;
  };
  if (line.find('\t') != line.npos) return set("tabs", "tab");
  if (line.find(';') != line.npos) return set("semicolons", "semicolon");
  if (line.find(',') != line.npos) return set("commas", "comma");
  if (line.find(' ') != line.npos) return set("blanks", "space");
  return "";
}

class CsvReader {
 public:
  CsvReader(const std::filesystem::path& path, CsvReading how)
      : text_(path), lexer_(path, text_, how.format), how_(std::move(how)) {
    table_.path = path;
  }

  /// `alike`: a table whose columns this one must have too, if any.
  CsvTable read(const CsvTable* alike = nullptr) {
    std::vector<std::string> names;
    if (!lexer_.next(row_)) refuse("has only comments and empty lines");
    first_line_ = row_.front().line;
    if (row_.size() > CsvLexer::most_columns)
      refuse("line " + std::to_string(first_line_) + " has more than 1,000,000 cells");
    if (row_.size() < 2)
      complain(table_.path, first_line_, 1,
               "only one column, so no input besides the label" + separator_advice(row_.front().text));
    const std::size_t count = row_.size();
    if (how_.header) {
      for (const CsvCell& cell : row_) names.emplace_back(cell.text);
      if (!lexer_.next(row_, count)) complain(table_.path, first_line_, 1, "there is no row after the header");
    }
    if (alike) must_be_alike(alike->columns, names, count, alike->path);
    table_.columns = alike ? alike->columns : CsvColumnFinder(table_.path, std::move(names), count).find(how_.choice);
    for (std::size_t c = 0; c < count; ++c) {
      if (table_.columns.uses[c] == CsvUse::number) table_.number_columns.push_back(c);
      if (table_.columns.uses[c] == CsvUse::category) table_.category_columns.push_back(c);
    }
    table_.categories.resize(table_.category_columns.size());
    table_.numbers.reserve(text_.most_rows(count) * table_.number_columns.size());
    do add_row();
    while (lexer_.next(row_, count));
    if (table_.rows() == 0) refuse("every row has a missing value, so missing = drop_rows leaves none");
    return std::move(table_);
  }

 private:
  void must_be_alike(const CsvColumns& other, const std::vector<std::string>& names, std::size_t count,
                     const std::filesystem::path& path) const {
    const std::string differ = "its columns differ from those of " + path.string() + ": ";
    if (count != other.count())
      refuse(differ + "it has " + std::to_string(count) + ", not " + std::to_string(other.count()));
    for (std::size_t c = 0; c < names.size(); ++c)
      if (names[c] != other.names[c])
        refuse(differ + "column " + std::to_string(c + 1) + " is " + pipeline::quoted(names[c]) + ", not " +
               pipeline::quoted(other.names[c]));
  }

  void add_row() {
    const std::size_t count = table_.columns.count();
    if (row_.size() < count)
      complain_at(row_.back(), "the line ends after " + std::to_string(row_.size()) + " cells; line " +
                                   std::to_string(first_line_) + " has " + std::to_string(count));
    if (row_.size() > count)
      complain_at(row_[count - 1],
                  "the line continues after " + std::to_string(count) + " cells, the number in line " +
                      std::to_string(first_line_) +
                      (how_.header && table_.rows() == 0
                           ? "; if the rows begin with a name that has no column name, as R writes them, add one"
                           : ""));
    if (how_.missing == "drop_rows" && has_missing()) {
      ++table_.dropped;
      return;
    }
    std::size_t category = 0;
    for (std::size_t c = 0; c < count; ++c) switch (table_.columns.uses[c]) {
        case CsvUse::number:
          table_.numbers.push_back(number(c));
          break;
        case CsvUse::category:
          add_word(table_.categories[category++], c);
          break;
        case CsvUse::label:
          add_word(table_.labels, c);
          break;
        case CsvUse::none:
          break;
      }
    table_.lines.push_back(row_.front().line);
  }

  bool has_missing() const {
    for (std::size_t c = 0; c < row_.size(); ++c)
      if (table_.columns.uses[c] != CsvUse::none && is_missing(row_[c].text)) return true;
    return false;
  }

  double number(std::size_t c) const {
    const std::string_view cell = row_[c].text;
    if (is_missing(cell)) {
      if (how_.missing != "mean") refuse_missing(c);
      return std::numeric_limits<double>::quiet_NaN();
    }
    const CsvNumber n = number_in(cell);
    if (n.fault) refuse_word(c, n);
    return n.value;
  }

  void add_word(CsvWords& words, std::size_t c) const {
    const std::string_view cell = row_[c].text;
    if (cell.size() > 200)
      complain_at(row_[c], table_.columns.title(c) + ": " + pipeline::quoted(cell) + " is a text of " +
                               std::to_string(cell.size()) + " bytes, too long for a class or category");
    if (!is_missing(cell)) return words.add(row_[c]);
    if (how_.missing != "mean" || c == table_.columns.label) refuse_missing(c);
    words.of_row.push_back(CsvWords::missing);
  }

  [[noreturn]] void refuse_missing(std::size_t c) const {
    const std::string_view cell = row_[c].text;
    const std::string what =
        table_.columns.title(c) + (cell.empty() ? " is empty" : ": " + pipeline::quoted(cell) + " is a missing value");
    complain_at(row_[c], c == table_.columns.label
                             ? what + ", and it is the label; missing = drop_rows leaves such rows out"
                             : what + "; set missing = drop_rows or missing = mean, or leave the column out (drop = " +
                                   table_.columns.reference(c) + ")");
  }

  [[noreturn]] void refuse_word(std::size_t c, const CsvNumber& n) const {
    const std::string what = n.fault == CsvNumber::not_a_number ? why_no_number(c) : n.fault;
    complain_at(row_[c], table_.columns.title(c) + ": " + pipeline::quoted(row_[c].text) + " " + what);
  }

  /// What is wrong with a word where a number is due, and what to do.
  std::string why_no_number(std::size_t c) const {
    const std::string_view cell = row_[c].text;
    const std::string name = table_.columns.reference(c), no = CsvNumber::not_a_number;
    const char separator = how_.format.separator;
    const auto has = [&](char mark) { return cell.find(mark) != cell.npos; };
    const auto only = [&](const char* characters) { return cell.find_first_not_of(characters) == cell.npos; };
    if (line_of_names()) return no + "; if this line names the columns, set header = yes";
    if (looks_like_a_date(cell))
      return "looks like a date or time: convert it to a number, or leave the column out (drop = " + name + ")";
    if (how_.format.comment.empty() && c == 0 && (cell[0] == '#' || cell[0] == '%'))
      return no + "; if this line is a comment, set comment = \"" + cell[0] + "\"";
    if (separator != ';' && has(';')) return no + "; is separator = semicolon meant?";
    if (separator != '\t' && has('\t')) return no + "; is separator = tab meant?";
    if (only("+-0123456789.,") && has(',')) return no + " (the decimal point is '.', and thousands are not marked)";
    if (only("+-0123456789. ") && has(' ')) return no + "; is separator = space meant?";
    return no + "; leave the column out (drop = " + name +
           "), or make an input of each of its words (categories = " + name + ")";
  }

  /// Whether this is the first row of a table read without header, and has no number where numbers are due.
  bool line_of_names() const {
    if (how_.header || row_.front().line != first_line_) return false;
    for (const std::size_t c : table_.number_columns)
      if (is_missing(row_[c].text) || is_number(row_[c].text)) return false;
    return true;
  }

  [[noreturn]] void complain_at(const CsvCell& cell, const std::string& what) const {
    complain(table_.path, cell.line, cell.column, what);
  }
  [[noreturn]] void refuse(const std::string& what) const {
    throw std::runtime_error(table_.path.string() + ": " + what);
  }

  CsvText text_;
  CsvLexer lexer_;
  CsvReading how_;
  CsvRow row_;
  std::size_t first_line_ = 1;
  CsvTable table_;
};

}  // namespace pipeline::datasets
