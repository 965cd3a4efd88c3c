// Which columns of a table are inputs, which is the label, and which become one input per word.
#pragma once
#include <charconv>
#include <string>
#include <vector>

#include <pipeline/quoted.hpp>

#include "csv_cell.hpp"
#include "csv_lexer.hpp"
#include "csv_near.hpp"

namespace pipeline::datasets {

enum class CsvUse { number, category, label, none };

/// Columns by name, or by number from 1: 3, or "column 3", which is meant where a name is a number too.
struct CsvChoice {
  std::string label;  // empty: the last column
  std::vector<std::string> columns, drop, categories;
};

struct CsvColumns {
  std::vector<std::string> names;  // empty without a header
  std::vector<CsvUse> uses;        // of every column
  std::size_t label = 0;

  std::size_t count() const { return uses.size(); }
  /// "column 3 (colour)"
  std::string title(std::size_t column) const {
    return "column " + std::to_string(column + 1) +
           (names.empty() || names[column].empty() ? "" : " (" + shortened(names[column]) + ")");
  }
  /// How a pipeline file calls it: by name where that is unique and plain, otherwise by number.
  std::string reference(std::size_t column) const {
    const std::string digits = std::to_string(column + 1);
    std::string number = std::ranges::count(names, digits) ? "column " + digits : digits;
    if (names.empty()) return number;
    const std::string& name = names[column];
    const bool plain = !name.empty() && name.size() <= 40 && name.front() != ' ' && name.back() != ' ' &&
                       std::ranges::all_of(name, [](char c) {
                         return std::isalnum(static_cast<unsigned char>(c)) ||
                                std::string_view("_-. ()/%").find(c) != std::string_view::npos;
                       });
    return plain && std::ranges::count(names, name) == 1 && !means_unnamed(name) ? name : number;
  }
  /// After "the": up to 20 names, or the range of numbers.
  std::string known() const {
    std::string text = " columns are 1 to " + std::to_string(count());
    for (std::size_t c = 0; c < names.size() && c < 20; ++c) text += (c ? ", " : ": ") + shortened(names[c]);
    return text + (names.size() > 20 ? ", ..." : "");
  }
  /// Whether a name is also the number of another column, which has no name.
  bool means_unnamed(std::string_view name) const {
    const auto number = number_in(name);
    return !number.fault && number.value >= 1 && number.value <= static_cast<double>(names.size()) &&
           names[static_cast<std::size_t>(number.value) - 1].empty();
  }

 private:
  static std::string shortened(const std::string& name) {
    const std::string text = pipeline::quoted(name);
    return text.substr(1, text.size() - 2);
  }
};

/// Finds the columns that a choice names.
class CsvColumnFinder {
 public:
  CsvColumnFinder(const std::filesystem::path& path, std::vector<std::string> names, std::size_t count) : path_(path) {
    columns_.names = std::move(names);
    columns_.uses.assign(count, CsvUse::number);
  }

  CsvColumns find(const CsvChoice& choice) {
    columns_.label = choice.label.empty() ? columns_.count() - 1 : column("label", choice.label);
    if (!choice.columns.empty()) {
      columns_.uses.assign(columns_.count(), CsvUse::none);
      mark("columns", choice.columns, CsvUse::number);
    }
    mark("drop", choice.drop, CsvUse::none);
    mark("categories", choice.categories, CsvUse::category);
    columns_.uses[columns_.label] = CsvUse::label;
    if (std::ranges::none_of(columns_.uses, [](CsvUse u) { return u == CsvUse::number || u == CsvUse::category; }))
      refuse("no column is left as input");
    return columns_;
  }

 private:
  void mark(const std::string& key, const std::vector<std::string>& words, CsvUse use) {
    std::vector<std::size_t> seen;
    for (const std::string& word : words) {
      const std::size_t c = column(key, word);
      const std::string what = columns_.title(c);
      if (c == columns_.label) refuse(key + " lists the label, " + what + ", which is never an input");
      if (std::ranges::count(seen, c)) refuse(key + " lists " + what + " twice");
      if (use == CsvUse::category && columns_.uses[c] == CsvUse::none)
        refuse("categories lists " + what + ", which columns or drop leaves out");
      seen.push_back(c);
      columns_.uses[c] = use;
    }
  }

  std::size_t column(const std::string& key, const std::string& word) const {
    const auto& names = columns_.names;
    const auto found = std::find(names.begin(), names.end(), word);
    const std::size_t number = numbered(word);
    if (found != names.end()) {
      const auto named = static_cast<std::size_t>(found - names.begin());
      if (number && number - 1 != named && names[number - 1].empty())  // which has only its number
        refuse(pipeline::quoted(word) + " in " + key + " is the name of column " + std::to_string(named + 1) +
               " and the number of a column without a name; write 'column " + std::to_string(named + 1) +
               "' or 'column " + word + "'");
      if (std::find(found + 1, names.end(), word) != names.end())
        refuse("two columns are named " + pipeline::quoted(word) + "; " + key +
               " must give the number of the one it means");
      return named;
    }
    if (number) return number - 1;
    if (word.starts_with("column "))
      if (const std::size_t place = numbered(std::string_view(word).substr(7))) return place - 1;
    const std::size_t near = nearest_name(word, names);
    refuse("there is no column " + pipeline::quoted(word) + " for " + (key == "label" ? "the label" : key) +
           (near < names.size() ? "; did you mean " + meant(near) + "? The" : "; the") + columns_.known());
  }

  /// The number of a column, from 1; 0 if the word is none.
  std::size_t numbered(std::string_view word) const {
    std::size_t number = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
    const bool whole = error == std::errc() && end == word.data() + word.size();
    return whole && number <= columns_.count() ? number : 0;
  }

  std::string meant(std::size_t column) const {
    const std::string reference = columns_.reference(column);
    return pipeline::quoted(reference) + (reference == columns_.names[column] ? "" : ", " + columns_.title(column));
  }

  [[noreturn]] void refuse(const std::string& what) const {
    throw std::runtime_error(path_.string() + ": " + what + see_the_table(path_));
  }

  std::filesystem::path path_;
  CsvColumns columns_;
};

}  // namespace pipeline::datasets
