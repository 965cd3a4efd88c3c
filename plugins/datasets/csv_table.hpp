// A table in memory: numbers in double, words by number, and where each word was first seen.
#pragma once
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "csv_columns.hpp"

namespace pipeline::datasets {

/// A column of words; each different word is kept once.
struct CsvWords {
  static constexpr std::uint32_t missing = std::numeric_limits<std::uint32_t>::max();
  struct Word {
    std::string text;
    std::size_t line, column;  // where it was first seen
  };
  std::vector<Word> words;
  std::vector<std::uint32_t> of_row;

  void add(const CsvCell& cell) {
    const auto [known, is_new] = numbers_.try_emplace(std::string(cell.text), static_cast<std::uint32_t>(words.size()));
    if (is_new) words.push_back({known->first, cell.line, cell.column});
    of_row.push_back(known->second);
  }

 private:
  std::map<std::string, std::uint32_t> numbers_;
};

struct CsvTable {
  std::filesystem::path path;
  CsvColumns columns;
  std::vector<std::size_t> number_columns, category_columns;  // in file order
  std::vector<double> numbers;                                // row after row; NaN where a value is missing
  std::vector<CsvWords> categories;                           // one per category column
  CsvWords labels;
  std::vector<std::size_t> lines;  // of every row
  std::size_t dropped = 0;         // rows left out because a value is missing

  std::size_t rows() const { return lines.size(); }
  /// Numbers that are equal for rows of the same class: 1, 1.0 and 01 are one class where all labels are numbers. The
  /// class that occurs first has the least number.
  std::vector<std::uint32_t> classes_of_rows() const {
    std::vector<std::uint32_t> same;  // for each word, the first one of its class
    std::map<double, std::uint32_t> first;
    for (const CsvWords::Word& word : labels.words) {
      const auto value = exact_number(word.text);
      if (!value) return labels.of_row;
      same.push_back(first.try_emplace(*value, static_cast<std::uint32_t>(same.size())).first->second);
    }
    std::vector<std::uint32_t> classes = labels.of_row;
    for (std::uint32_t& word : classes) word = same[word];
    return classes;
  }
  double number(std::size_t row, std::size_t column) const { return numbers[row * number_columns.size() + column]; }
};

}  // namespace pipeline::datasets
