// A table in plain text that reads well in a terminal, and its numbers.
#pragma once
#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>
#include <vector>

namespace pipeline::reports {

constexpr double too_large = 1e9;  // a network that diverged may show anything

inline std::string fixed(double x, int decimals) {
  if (std::isnan(x)) return "nan";
  char text[64];
  const auto end = std::abs(x) < too_large
                       ? std::to_chars(text, text + sizeof text, x, std::chars_format::fixed, decimals)
                       : std::to_chars(text, text + sizeof text, x, std::chars_format::scientific, 2);
  return {text, end.ptr};
}

/// How many decimals numbers beside each other get: `digits` for the largest, three for the smallest, and no
/// zeros that all of them end in.
inline int decimals_for(std::vector<double> numbers, int digits) {
  std::erase_if(numbers, [](double x) { return x == 0 || !std::isfinite(x) || std::abs(x) >= too_large; });
  if (numbers.empty()) return 0;
  for (double& x : numbers) x = std::abs(x);
  const auto before_point = [](double x) { return static_cast<int>(std::floor(std::log10(x))) + 1; };
  const auto [low, high] = std::minmax_element(numbers.begin(), numbers.end());
  int decimals = std::max(std::min(digits - before_point(*high), digits), 3 - before_point(*low));
  decimals = std::clamp(decimals, 0, 9);
  const auto ends_in_zero = [&](double x) { return fixed(x, decimals).back() == '0'; };
  while (decimals > 0 && std::all_of(numbers.begin(), numbers.end(), ends_in_zero)) --decimals;
  return decimals;
}

/// A table given column by column, each with its head. Columns that do not fit on a line go below, in a band
/// of their own that repeats the stub, the columns that say what a line is about. A note ends each band that
/// has room for it.
class TextTable {
 public:
  enum Flush { left, right };
  using Cells = std::vector<std::string>;

  void stub(Cells cells) { stub_.push_back(padded(std::move(cells), left)); }
  void column(Cells cells, Flush flush = right) { columns_.push_back(padded(std::move(cells), flush)); }

  void note(Cells cells) { note_ = padded(std::move(cells), left); }

  Cells lines(std::size_t page, bool rule) const {
    Cells lines;
    for (std::size_t next = 0; next < columns_.size();) {
      Cells band(columns_[0].size());
      const auto add = [&](const Cells& column) {
        for (std::size_t i = 0; i < band.size(); ++i) band[i] += "  " + column[i];
      };
      for (const Cells& column : stub_) add(column);
      do add(columns_[next++]);
      while (next < columns_.size() && band[0].size() + 2 + columns_[next][0].size() <= page);
      if (!note_.empty() && band[0].size() + 2 + note_[0].size() <= page) add(note_);
      if (!lines.empty()) lines.emplace_back();
      if (rule) band.insert(band.begin() + 1, "  " + std::string(band[0].size() - 2, '-'));
      for (std::string& line : band) {
        line.erase(line.find_last_not_of(' ') + 1);
        lines.push_back(std::move(line));
      }
    }
    return lines;
  }

 private:
  static Cells padded(Cells cells, Flush flush) {
    std::size_t width = 0;
    for (const std::string& cell : cells) width = std::max(width, cell.size());
    for (std::string& cell : cells) cell.insert(flush == left ? cell.size() : 0, width - cell.size(), ' ');
    return cells;
  }
  std::vector<Cells> stub_, columns_;
  Cells note_;
};

}  // namespace pipeline::reports
