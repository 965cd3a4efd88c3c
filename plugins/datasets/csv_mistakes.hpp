// The mistakes of a table, reported together: the first of each kind and column, with how many more there are.
#pragma once
#include <functional>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "csv_lexer.hpp"

namespace pipeline::datasets {

/// What is wrong, and in which column where that matters.
struct CsvMistake {
  enum Kind { short_row, long_row, missing, no_number, no_finite_number, long_word } kind;
  std::size_t column = 0;
  auto operator<=>(const CsvMistake&) const = default;
};

/// Words in a column of numbers.
struct CsvWordCount {
  static constexpr std::size_t most = 1000;  // more are not told apart
  std::size_t count = 0;
  std::set<std::string, std::less<>> different;
  void see(std::string_view word) {
    ++count;
    if (different.size() < most) different.emplace(word.substr(0, 200));
  }
  /// As those of names and numbers of persons.
  bool nearly_all_different() const {
    return count >= 3 && (different.size() >= most || different.size() * 10 > count * 8);
  }
};

class CsvMistakes {
 public:
  static constexpr std::size_t most_told = 10;

  explicit CsvMistakes(const std::filesystem::path& path) : path_(path) {}

  bool none() const { return all_.empty(); }

  /// `what` returns the message, or a function that returns it when all rows are read. It is called for the first
  /// mistake of its kind only.
  template <class What>
  void add(const CsvMistake& mistake, const CsvCell& cell, What&& what) {
    const auto [known, is_new] = places_.try_emplace(mistake, all_.size());
    if (!is_new) return void(++all_[known->second].more);
    const std::string place = ":" + std::to_string(cell.line) + ":" + std::to_string(cell.column) + ": ";
    if constexpr (std::is_convertible_v<decltype(what()), std::string>)
      all_.push_back({place, [text = what()] { return text; }});
    else
      all_.push_back({place, what()});
    all_.back().of_length = mistake.kind == CsvMistake::short_row || mistake.kind == CsvMistake::long_row;
  }
  /// An error after which no row can be read.
  void add(const std::string& error) {
    all_.push_back({"", [error] { return error; }});
  }

  /// Throws if there are any.
  void complain() const {
    if (none()) return;
    std::string text = all_.size() == 1 ? "" : path_.string() + ": has several mistakes:";
    for (std::size_t i = 0; i < all_.size() && i < most_told; ++i) {
      const Told& told = all_[i];
      text += (all_.size() == 1 ? "" : "\n  ") + (told.place.empty() ? "" : path_.string() + told.place) + told.what();
      if (told.more)
        text += " (and so in " + std::to_string(told.more) + " more " + (told.more == 1 ? "row)" : "rows)");
      if (told.of_length) text += see_the_table(path_);
    }
    if (all_.size() > most_told) text += "\n  ... and " + std::to_string(all_.size() - most_told) + " more";
    throw std::runtime_error(text);
  }

 private:
  struct Told {
    std::string place;
    std::function<std::string()> what;
    bool of_length = false;  // of a row
    std::size_t more = 0;
  };
  const std::filesystem::path& path_;
  std::vector<Told> all_;
  std::map<CsvMistake, std::size_t> places_;
};

}  // namespace pipeline::datasets
