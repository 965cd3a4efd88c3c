// A table in plain text that reads well in a terminal.
#pragma once
#include <algorithm>
#include <string>
#include <vector>

namespace pipeline::reports {

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
