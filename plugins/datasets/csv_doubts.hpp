// What is probably a mistake in a table that can be read, as warnings.
#pragma once
#include <optional>
#include <set>

#include "csv_inputs.hpp"

namespace pipeline::datasets {

/// Line 1 taken as names although it looks like a sample: all names of inputs are numbers or missing values, or two are
/// the same number. 0, 1, 2, ... are names that pandas gives, and its index has none.
inline std::optional<std::string> doubtful_header(const CsvTable& table) {
  const CsvColumns& columns = table.columns;
  if (columns.names.empty()) return std::nullopt;
  std::size_t inputs = 0, numbers = 0, missing = 0;
  bool alike = false;
  std::set<double> seen;
  for (std::size_t c = 0; c < columns.count(); ++c) {
    const std::string& name = columns.names[c];
    if (const CsvNumber n = number_in(name); !n.fault) {
      alike |= !seen.insert(n.value).second;
      numbers += c != columns.label;
    } else {
      missing += is_missing(name) && c != columns.label;
    }
    inputs += c != columns.label;
  }
  const bool all = numbers > 0 && numbers + missing == inputs;
  const std::size_t counted = counted_names({columns.names.begin(), columns.names.end()});
  if (!alike && (!all || counted > 2 || (counted > 0 && columns.names.front().empty()))) return std::nullopt;
  return table.path.string() + ": " +
         (all ? "the names of the columns are numbers" : "two columns are named by the same number") +
         ", as if the line of names were a sample; if it is one, set header = no";
}

/// A column that only counts the rows, as data frames write it.
inline std::optional<std::string> doubtful_counter(const CsvTable& table) {
  if (table.rows() < 10) return std::nullopt;
  for (std::size_t place = 0; place < table.number_columns.size(); ++place) {
    bool counts = table.number(0, place) == 0 || table.number(0, place) == 1;
    for (std::size_t row = 1; row < table.rows() && counts; ++row)
      counts = table.number(row, place) == table.number(row - 1, place) + 1;
    if (counts)
      return table.path.string() + ": " + table.columns.title(table.number_columns[place]) +
             " only counts the rows; if it says nothing about them, leave it out (drop = " +
             table.columns.reference(table.number_columns[place]) + ")";
  }
  return std::nullopt;
}

/// Whether all rows of a label follow each other, for every label.
inline bool sorted_by_label(const CsvTable& table) {
  const std::vector<std::uint32_t> labels = table.classes_of_rows();
  std::size_t changes = 0;
  for (std::size_t row = 1; row < labels.size(); ++row) changes += labels[row] != labels[row - 1];
  const std::size_t different = std::set(labels.begin(), labels.end()).size();
  return different > 1 && changes + 1 == different && labels.size() >= 3 * different;
}

/// Labels, or words of a category, that are the same but for case or blanks around them.
inline std::optional<std::string> doubtful_words(const CsvTable& table) {
  std::vector<std::pair<std::size_t, const CsvWords*>> columns = {{table.columns.label, &table.labels}};
  for (std::size_t place = 0; place < table.categories.size(); ++place)
    columns.emplace_back(table.category_columns[place], &table.categories[place]);
  for (const auto& [column, words] : columns) {
    std::map<std::string, const CsvWords::Word*> known;
    for (const CsvWords::Word& word : words->words) {
      if (is_number(word.text)) continue;
      const auto [other, is_new] = known.try_emplace(plain_text(word.text), &word);
      if (!is_new)
        return table.path.string() + ":" + std::to_string(word.line) + ":" + std::to_string(word.column) + ": " +
               table.columns.title(column) + ": " + pipeline::quoted(word.text) + " and " +
               pipeline::quoted(other->second->text) + " (line " + std::to_string(other->second->line) +
               ") differ only in case or blanks, and are two " +
               (column == table.columns.label ? "classes" : "categories") + "; if they mean the same, write them alike";
    }
  }
  return std::nullopt;
}

/// More rows left out than one would expect.
inline std::optional<std::string> doubtful_missing(const CsvTable& table) {
  const std::size_t all = table.rows() + table.dropped;
  if (table.dropped * 10 <= all) return std::nullopt;
  return table.path.string() + ": missing = drop_rows leaves out " + std::to_string(table.dropped) + " of " +
         std::to_string(all) + " rows; a column with many missing values can be left out instead (drop)";
}

}  // namespace pipeline::datasets
