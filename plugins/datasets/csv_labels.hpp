// Maps labels to class numbers, as determined by the training rows.
//
//   all whole numbers   the class itself; classes = the largest + 1, so a number that no row uses is a class too
//   otherwise           sorted by their bytes; the first is class 0
#pragma once
#include <map>

#include "csv_reader.hpp"

namespace pipeline::datasets {

class CsvClasses {
 public:
  explicit CsvClasses(const std::vector<CsvLabel>& training) {
    for (const CsvLabel& label : training) {
      numbers_ = numbers_ && whole(label.word).has_value();
      words_.emplace(label.word, 0);
    }
    std::uint16_t next = 0;
    for (auto& [word, number] : words_) {
      if (next == most) throw std::runtime_error("more than 65535 different labels; is this the right label column?");
      number = numbers_ ? *whole(word) : next;
      ++next;
      count_ = std::max<std::size_t>(count_, number + 1u);
    }
  }

  std::size_t count() const { return count_; }

  /// The class of every label; a label that is unknown from the training rows is refused.
  std::vector<std::uint16_t> of(const std::vector<CsvLabel>& labels, const std::filesystem::path& path) const {
    std::vector<std::uint16_t> numbers;
    numbers.reserve(labels.size());
    for (const CsvLabel& label : labels) {
      if (const auto known = words_.find(label.word); known != words_.end())
        numbers.push_back(known->second);
      else if (const auto number = whole(label.word); numbers_ && number && *number < count_)
        numbers.push_back(*number);
      else
        CsvReader::complain(path, label.line, label.column,
                            "the label '" + label.word + "' is unknown: the training rows have " + known_labels());
    }
    return numbers;
  }

 private:
  static constexpr std::uint16_t most = 65535;

  static std::optional<std::uint16_t> whole(const std::string& word) {
    std::uint16_t number = 0;
    const char* last = word.data() + word.size();
    const auto [end, error] = std::from_chars(word.data(), last, number);
    if (error != std::errc() || end != last || number == most) return std::nullopt;
    return number;
  }

  std::string known_labels() const {
    if (numbers_) return "0 to " + std::to_string(count_ - 1);
    std::string text;
    std::size_t shown = 0;
    for (const auto& [word, number] : words_) {
      if (++shown > 20) return text + ", ...";
      text += (text.empty() ? "" : ", ") + word;
    }
    return text;
  }

  bool numbers_ = true;
  std::map<std::string, std::uint16_t> words_;
  std::size_t count_ = 0;
};

}  // namespace pipeline::datasets
