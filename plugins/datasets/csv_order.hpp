// Whether the rows of a table stand in the order of a column, as those of a series in time do.
#pragma once
#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pipeline::datasets {

/// Whether values never fall, or never rise, from one to the next; if `strictly`, none may stay the same either.
template <class Value>
class CsvOrder {
 public:
  explicit CsvOrder(bool strictly) : strictly_(strictly) {}
  void see(const Value& value) {
    if (last_) {
      rises_ &= strictly_ ? *last_ < value : !(value < *last_);
      falls_ &= strictly_ ? value < *last_ : !(*last_ < value);
    }
    last_ = value;
  }
  bool rises() const { return rises_ && !falls_; }
  bool falls() const { return falls_ && !rises_; }

 private:
  bool strictly_, rises_ = true, falls_ = true;
  std::optional<Value> last_;
};

/// The same for dates and times, whether they begin with the year, the day or the month.
class CsvDateOrder {
 public:
  void see(std::string_view date) {
    std::vector<std::size_t> parts = parts_of(date);
    as_written_.see(parts);
    if (parts.size() == 2) std::swap(parts[0], parts[1]);  // Jan 2024
    if (parts.size() >= 3) std::swap(parts[0], parts[2]);  // 31.1.2024
    day_first_.see(parts);
    if (parts.size() >= 3) std::swap(parts[1], parts[2]);  // 1/31/2024
    month_first_.see(parts);
  }
  bool rises() const { return as_written_.rises() || day_first_.rises() || month_first_.rises(); }
  bool falls() const { return !rises() && (as_written_.falls() || day_first_.falls() || month_first_.falls()); }

 private:
  /// Its numbers, and those of months.
  static std::vector<std::size_t> parts_of(std::string_view date) {
    static constexpr std::string_view months = "janfebmaraprmayjunjulaugsepoctnovdec";
    std::vector<std::size_t> parts;
    std::string word;
    const auto end_word = [&] {
      if (word.empty()) return;
      if (word[0] >= '0' && word[0] <= '9')
        parts.push_back(word.size() < 10 ? std::stoul(word) : 0);
      else if (const std::size_t at = months.find(std::string_view(word).substr(0, 3)); word.size() >= 3)
        parts.push_back(at / 3 + 1);
      word.clear();
    };
    const auto kind = [](char c) { return c >= '0' && c <= '9' ? 1 : (c | 32) >= 'a' && (c | 32) <= 'z' ? 2 : 0; };
    for (const char c : date) {
      if (!word.empty() && kind(c) != kind(word.back())) end_word();
      if (kind(c) == 1) word += c;
      if (kind(c) == 2) word += static_cast<char>(c | 32);
    }
    end_word();
    return parts;
  }

  CsvOrder<std::vector<std::size_t>> as_written_{false}, day_first_{false}, month_first_{false};
};

}  // namespace pipeline::datasets
