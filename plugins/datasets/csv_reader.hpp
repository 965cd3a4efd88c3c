// Reads a table: its header, and of every row the columns that are used.
//
// Every error names file:line:column (bytes, from 1), the column of the table and the cell. Mistakes in cells and in the
// lengths of rows are reported together.
#pragma once
#include "csv_foreign.hpp"
#include "csv_mistakes.hpp"
#include "csv_seen.hpp"
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
    if (row_.size() < 2) refuse_lines_above();
    if (row_.size() < 2)
      complain(table_.path, first_line_, 1,
               "only one column, so no input besides the label" + separator_advice(row_.front().text) +
                   see_the_table(table_.path));
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
    try {
      do add_row();
      while (lexer_.next(row_, count));
    } catch (const std::runtime_error& e) {  // here the rows end
      if (mistakes_.none()) throw;
      mistakes_.add(e.what());
    }
    mistakes_.complain();
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
    if (row_.size() != count && rows_read_ == 0 && mistakes_.none()) refuse_lines_above();
    if (row_.size() < count)
      return mistakes_.add({CsvMistake::short_row}, row_.back(), [&] {
        return "the line ends after " + std::to_string(row_.size()) + " cells; line " + std::to_string(first_line_) +
               " has " + std::to_string(count);
      });
    if (row_.size() > count) {
      mistakes_.add({CsvMistake::long_row}, row_[count - 1], [&] {
        return "the line continues after " + std::to_string(count) + " cells, the number in line " +
               std::to_string(first_line_) +
               (how_.header && table_.rows() == 0
                    ? "; if the rows begin with a name that has no column name, as R writes them, add one"
                    : "");
      });
      return lexer_.skip_line();
    }
    ++rows_read_;
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

  /// Lines above the table, such as a title, which explain why these rows have other numbers of cells.
  void refuse_lines_above() const {
    if (!best_guess(table_.path, text_).fits()) refuse_title(table_.path, text_);
  }

  bool has_missing() const {
    for (std::size_t c = 0; c < row_.size(); ++c)
      if (table_.columns.uses[c] != CsvUse::none && is_missing(row_[c].text)) return true;
    return false;
  }

  double number(std::size_t c) {
    const std::string_view cell = row_[c].text;
    if (is_missing(cell)) {
      if (how_.missing != "mean") refuse_missing(c);
      return std::numeric_limits<double>::quiet_NaN();
    }
    const CsvNumber n = number_in(cell);
    if (n.fault) refuse_word(c, n);
    return n.value;
  }

  void add_word(CsvWords& words, std::size_t c) {
    const std::string_view cell = row_[c].text;
    if (is_missing(cell)) {
      if (how_.missing != "mean" || c == table_.columns.label) refuse_missing(c);
      words.of_row.push_back(CsvWords::missing);
    } else if (cell.size() > 200) {
      mistakes_.add({CsvMistake::long_word, c}, row_[c], [&] {
        return table_.columns.title(c) + ": " + pipeline::quoted(cell) + " is a text of " +
               std::to_string(cell.size()) + " bytes, too long for a class or category";
      });
      words.of_row.push_back(CsvWords::missing);
    } else {
      words.add(row_[c]);
    }
  }

  void refuse_missing(std::size_t c) {
    mistakes_.add({CsvMistake::missing, c}, row_[c], [&] {
      const std::string_view cell = row_[c].text;
      const std::string what = table_.columns.title(c) +
                               (cell.empty() ? " is empty" : ": " + pipeline::quoted(cell) + " is a missing value");
      return c == table_.columns.label
                 ? what + ", and it is the label; missing = drop_rows leaves such rows out"
                 : what + "; set missing = drop_rows or missing = mean, or leave the column out (drop = " +
                       table_.columns.reference(c) + ")";
    });
  }

  void refuse_word(std::size_t c, const CsvNumber& n) {
    const std::string what = table_.columns.title(c) + ": " + pipeline::quoted(row_[c].text) + " ";
    if (n.fault != CsvNumber::not_a_number)
      return mistakes_.add({CsvMistake::no_finite_number, c}, row_[c], [&] { return what + n.fault; });
    if (line_of_names())  // which explains all other mistakes
      complain(table_.path, row_[c].line, row_[c].column,
               what + n.fault + "; if this line names the columns, set header = yes");
    words_[c].see(row_[c].text);
    mistakes_.add({CsvMistake::no_number, c}, row_[c], [&] {
      return [this, c, what, cell = std::string(row_[c].text.substr(0, 200))] { return what + why_no_number(c, cell); };
    });
  }

  /// What is wrong with a word where a number is due, and what to do. Called when all rows are read.
  std::string why_no_number(std::size_t c, std::string_view cell) const {
    const std::string name = table_.columns.reference(c), no = CsvNumber::not_a_number;
    const std::string leave_out = "leave the column out (drop = " + name + ")";
    const char separator = how_.format.separator;
    const auto has = [&](char mark) { return cell.find(mark) != cell.npos; };
    const auto only = [&](const char* characters) { return cell.find_first_not_of(characters) == cell.npos; };
    if (const ForeignNumber* foreign = foreign_number(cell))
      return no + ", but looks like one with " + foreign->with + ": " + foreign->remedy + ", or " + leave_out;
    if (looks_like_a_date(cell)) return "looks like a date or time: convert it to a number, or " + leave_out;
    if (how_.format.comment.empty() && c == 0 && (cell[0] == '#' || cell[0] == '%'))
      return no + "; if this line is a comment, set comment = \"" + cell[0] + "\"";
    if (separator != ';' && has(';')) return no + "; is separator = semicolon meant?";
    if (separator != '\t' && has('\t')) return no + "; is separator = tab meant?";
    if (separator != ' ' && only("+-0123456789. ") && has(' ')) return no + "; is separator = space meant?";
    const CsvWordCount& words = words_.at(c);
    if (words.count * 2 < rows_read_)
      return no +
             ", while most cells of the column are; if it stands for a missing value, leave it empty and set "
             "missing, or " +
             leave_out;
    if (words.nearly_all_different())
      return no + ", and the words of this column are nearly all different: " + leave_out;
    return no + "; " + leave_out + ", or make an input of each of its words (categories = " + name + ")";
  }

  /// Whether this is the first row of a table read without header, and has no number where numbers are due.
  bool line_of_names() const {
    if (how_.header || row_.front().line != first_line_) return false;
    for (const std::size_t c : table_.number_columns)
      if (is_missing(row_[c].text) || is_number(row_[c].text)) return false;
    return true;
  }

  [[noreturn]] void refuse(const std::string& what) const {
    throw std::runtime_error(table_.path.string() + ": " + what);
  }

  CsvText text_;
  CsvLexer lexer_;
  CsvReading how_;
  CsvRow row_;
  std::size_t first_line_ = 1, rows_read_ = 0;
  CsvTable table_;
  CsvMistakes mistakes_{table_.path};
  std::map<std::size_t, CsvWordCount> words_;  // in columns of numbers
};

}  // namespace pipeline::datasets
