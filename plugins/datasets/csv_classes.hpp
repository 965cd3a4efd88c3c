// Maps labels to classes: the labels that occur in the training rows, in order.
//
//   all numbers   in numerical order; 1, 1.0 and 01 are one class
//   otherwise     in the order of their bytes
#pragma once
#include <cstdint>
#include <optional>
#include <unordered_map>

#include "csv_table.hpp"

namespace pipeline::datasets {

class CsvClasses {
 public:
  /// `training`: the rows of the training set.
  CsvClasses(const CsvTable& table, const std::vector<std::uint32_t>& training) : columns_(table.columns) {
    std::vector<bool> used(table.labels.words.size());
    for (const std::uint32_t row : training) used[table.labels.of_row[row]] = true;
    std::vector<std::string> words;
    for (std::size_t w = 0; w < used.size(); ++w)
      if (used[w]) words.push_back(table.labels.words[w].text);
    numbers_ = std::ranges::all_of(words, [](const std::string& word) { return exact_number(word).has_value(); });
    if (numbers_) {
      std::map<double, std::string> sorted;
      for (const std::string& word : words) sorted.try_emplace(*exact_number(word), word);
      for (const auto& [value, word] : sorted) {
        by_number_[value] = names_.size();
        names_.push_back(shortest(value));
      }
    } else {
      std::ranges::sort(words);
      for (const std::string& word : words) {
        by_word_[word] = names_.size();
        names_.push_back(word);
      }
    }
    if (names_.size() > most)
      throw std::runtime_error(table.path.string() + ": " + title() +
                               " has more than 65,535 different labels; is this the right label column?");
    if (const auto why = no_classes(training.size()))
      throw std::runtime_error(table.path.string() + ": " + title() + " holds " + seen() + ": " + *why + remedy());
  }

  std::size_t count() const { return names_.size(); }

  /// The labels in class order; empty if they are the class numbers.
  std::vector<std::string> names() const {
    for (std::size_t n = 0; n < names_.size(); ++n)
      if (names_[n] != std::to_string(n)) return names_;
    return {};
  }

  /// The class of every word of the column, in the order of its words; a word of these rows that is no class is refused.
  std::vector<std::uint16_t> of(const CsvTable& table, const std::vector<std::uint32_t>& rows,
                                const std::string& remedy = "") const {
    std::vector<std::uint16_t> classes;
    std::vector<std::optional<std::size_t>> of_word;
    of_word.reserve(table.labels.words.size());
    for (const CsvWords::Word& word : table.labels.words) of_word.push_back(find(word.text));
    for (const std::uint32_t row : rows) {
      const std::uint32_t w = table.labels.of_row[row];
      if (!of_word[w]) {
        const CsvWords::Word& word = table.labels.words[w];
        complain(table.path, word.line, word.column,
                 title() + ": the label " + pipeline::quoted(word.text) + " is unknown: the training rows have " +
                     seen() + remedy);
      }
      classes.push_back(static_cast<std::uint16_t>(*of_word[w]));
    }
    return classes;
  }

  /// A warning if the labels look like something else than classes.
  std::optional<std::string> doubt() const {
    if (numbers_ && std::ranges::any_of(by_number_, [](const auto& n) { return n.first != std::floor(n.first); }))
      return title() + " holds " + seen() + ", which look like measured values; each is taken as a class of its own" +
             remedy();
    if (numbers_ && count() > 1 && by_number_.begin()->first >= 1800 && by_number_.rbegin()->first <= 2100)
      return title() + " holds " + seen() + ", which look like years; each is taken as a class of its own" + remedy();
    if (count() > 100)
      return title() + " holds " + std::to_string(count()) + " different labels (" + seen() +
             "); each is taken as a class of its own" + remedy();
    return std::nullopt;
  }

 private:
  static constexpr std::size_t most = 65535, shown = 10;

  std::optional<std::size_t> find(const std::string& word) const {
    if (numbers_) {
      const auto value = exact_number(word);
      const auto found = value ? by_number_.find(*value) : by_number_.end();
      return found == by_number_.end() ? std::nullopt : std::optional(found->second);
    }
    const auto found = by_word_.find(word);
    return found == by_word_.end() ? std::nullopt : std::optional(found->second);
  }

  /// Why these labels cannot be classes, if they are nearly all different.
  std::optional<std::string> no_classes(std::size_t rows) const {
    const bool fractions =
        numbers_ && std::ranges::any_of(by_number_, [](const auto& n) { return n.first != std::floor(n.first); });
    if (fractions && (count() > 20 || (count() > 4 && count() * 2 > rows)))
      return "these look like measured values, not classes";
    if (count() > std::max<std::size_t>(100, rows / 2))
      return "with " + std::to_string(count()) + " different ones in " + std::to_string(rows) +
             " rows these cannot be classes";
    return std::nullopt;
  }

  static std::string shortest(double value) {
    char text[32];
    const auto end = value == std::floor(value) ? std::to_chars(text, text + 32, value, std::chars_format::fixed, 0).ptr
                                                : std::to_chars(text, text + 32, value).ptr;
    return {text, end};
  }

  std::string title() const { return "label " + columns_.title(columns_.label); }
  std::string remedy() const {
    return columns_.names.empty() ? "; set label to the number of the column that holds the classes"
                                  : "; set label to the name of the column that holds the classes";
  }
  /// "2007, 2008, 2009 and 7 more"
  std::string seen() const {
    std::string text;
    for (std::size_t n = 0; n < names_.size() && n < shown; ++n) {
      const std::string word = pipeline::quoted(names_[n]);
      text += (n ? ", " : "") + (numbers_ ? names_[n] : word.substr(1, word.size() - 2));
    }
    return names_.size() > shown ? text + " and " + std::to_string(names_.size() - shown) + " more" : text;
  }

  CsvColumns columns_;
  bool numbers_ = true;
  std::map<double, std::size_t> by_number_;
  std::map<std::string, std::size_t> by_word_;
  std::vector<std::string> names_;
};

}  // namespace pipeline::datasets
