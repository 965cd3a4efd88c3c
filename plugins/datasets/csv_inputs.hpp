// The inputs that a table gives: its numbers, one input per category, and means for missing values.
//
//   categories   those of the rows trained on, in the order of their bytes; the input of the row's category is 1, the
//                others are 0
//   missing      the mean of the input over the rows trained on that have one; for a category, the share of each
#pragma once
#include <map>
#include <optional>

#include "csv_table.hpp"

namespace pipeline::datasets {

/// One input: a column of numbers, or one category of a column of words.
struct CsvInput {
  std::size_t column;  // of the file
  bool category;       // then `place` counts category columns, otherwise columns of numbers
  std::size_t place;
  std::size_t number = 0;  // of the category
  double mean = std::numeric_limits<double>::quiet_NaN();
};

/// What determines the inputs: the columns, and the categories and means of the rows trained on.
class CsvEncoding {
 public:
  CsvEncoding(const CsvTable& table, const std::vector<std::uint32_t>& trained) {
    std::size_t numbers = 0, categories = 0;
    for (std::size_t c = 0; c < table.columns.count(); ++c)
      if (table.columns.uses[c] == CsvUse::number) {
        inputs_.push_back({c, false, numbers++});
      } else if (table.columns.uses[c] == CsvUse::category) {
        add_category(table, trained, c, categories++);
      }
    find_means(table, trained);
  }

  const std::vector<CsvInput>& inputs() const { return inputs_; }

  /// The number of every word of a category column of this table; nothing for a word that is no category.
  std::vector<std::optional<std::size_t>> numbers_of(const CsvTable& table, std::size_t place) const {
    std::vector<std::optional<std::size_t>> numbers;
    for (const CsvWords::Word& word : table.categories[place].words) {
      const auto known = categories_[place].find(word.text);
      numbers.push_back(known == categories_[place].end() ? std::nullopt : std::optional(known->second));
    }
    return numbers;
  }

 private:
  void add_category(const CsvTable& table, const std::vector<std::uint32_t>& trained, std::size_t c,
                    std::size_t place) {
    const CsvWords& column = table.categories[place];
    std::vector<bool> used(column.words.size());
    for (const std::uint32_t row : trained)
      if (column.of_row[row] != CsvWords::missing) used[column.of_row[row]] = true;
    std::map<std::string, std::size_t> known;
    for (std::size_t w = 0; w < used.size(); ++w)
      if (used[w]) known[column.words[w].text] = 0;
    if (known.empty()) refuse(table, c, "has no value in the rows trained on");
    if (known.size() > 1000)
      refuse(table, c, "has " + std::to_string(known.size()) + " different words, too many for one input each");
    std::size_t number = 0;
    for (auto& [word, its_number] : known) {
      inputs_.push_back({c, true, place, number});
      its_number = number++;
    }
    categories_.push_back(std::move(known));
  }

  void find_means(const CsvTable& table, const std::vector<std::uint32_t>& trained);

  [[noreturn]] static void refuse(const CsvTable& table, std::size_t c, const std::string& what) {
    throw std::runtime_error(table.path.string() + ": " + table.columns.title(c) + " " + what +
                             ": leave it out (drop = " + table.columns.reference(c) + ")");
  }

  std::vector<CsvInput> inputs_;
  std::vector<std::map<std::string, std::size_t>> categories_;
};

/// The inputs of some rows of a table, as a matrix [inputs x rows] of double.
class CsvInputs {
 public:
  std::size_t n_rows, n_cols;

  CsvInputs(const CsvTable& table, const std::vector<std::uint32_t>& rows, const CsvEncoding& encoding)
      : n_rows(encoding.inputs().size()), n_cols(rows.size()), table_(table), rows_(rows), inputs_(encoding.inputs()) {
    for (std::size_t place = 0; place < table.categories.size(); ++place)
      numbers_.push_back(encoding.numbers_of(table, place));
  }

  double at(std::size_t j, std::size_t i) const {
    const CsvInput& input = inputs_[j];
    if (!input.category) {
      const double x = table_.number(rows_[i], input.place);
      return std::isnan(x) ? input.mean : x;
    }
    const std::uint32_t word = table_.categories[input.place].of_row[rows_[i]];
    return word == CsvWords::missing ? input.mean : numbers_[input.place][word] == input.number;
  }

  /// The first words of these rows that are no category, one per column.
  struct Unknown {
    std::size_t column, rows;
    CsvWords::Word first;
  };
  std::vector<Unknown> unknown_categories() const {
    std::vector<Unknown> found;
    for (std::size_t place = 0; place < numbers_.size(); ++place) {
      const CsvWords& column = table_.categories[place];
      std::optional<Unknown> here;
      for (const std::uint32_t row : rows_) {
        const std::uint32_t w = column.of_row[row];
        if (w == CsvWords::missing || numbers_[place][w]) continue;
        if (!here) here = Unknown{table_.category_columns[place], 0, column.words[w]};
        ++here->rows;
      }
      if (here) found.push_back(*here);
    }
    return found;
  }

 private:
  const CsvTable& table_;
  const std::vector<std::uint32_t>& rows_;
  const std::vector<CsvInput>& inputs_;
  std::vector<std::vector<std::optional<std::size_t>>> numbers_;  // per category column and word
};

inline void CsvEncoding::find_means(const CsvTable& table, const std::vector<std::uint32_t>& trained) {
  const CsvInputs X(table, trained, *this);  // NaN where a value is missing, as there are no means yet
  std::vector<double> means(inputs_.size());
  for (std::size_t j = 0; j < inputs_.size(); ++j) {
    double sum = 0;
    std::size_t count = 0;
    for (std::size_t i = 0; i < trained.size(); ++i)
      if (const double x = X.at(j, i); !std::isnan(x)) sum += x, ++count;
    if (count == 0) refuse(table, inputs_[j].column, "has no value in the rows trained on");
    means[j] = sum / static_cast<double>(count);
  }
  for (std::size_t j = 0; j < inputs_.size(); ++j) inputs_[j].mean = means[j];
}

}  // namespace pipeline::datasets
