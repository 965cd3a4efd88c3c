#include <pipeline/text_table.hpp>

#include <algorithm>

#include "base/utf8.hpp"

namespace pipeline {

namespace {

TextTable::Cells padded(TextTable::Cells cells, TextTable::Flush flush) {
  std::size_t width = 0;
  for (const std::string& cell : cells) width = std::max(width, base::characters(cell));
  for (std::string& cell : cells)
    cell.insert(flush == TextTable::left ? cell.size() : 0, width - base::characters(cell), ' ');
  return cells;
}

}  // namespace

void TextTable::stub(Cells cells) { stub_.push_back(padded(std::move(cells), left)); }
void TextTable::column(Cells cells, Flush flush) { columns_.push_back(padded(std::move(cells), flush)); }
void TextTable::note(Cells cells) { note_ = padded(std::move(cells), left); }

TextTable::Cells TextTable::lines(std::size_t page, bool rule) const {
  Cells lines;
  for (std::size_t next = 0; next < columns_.size();) {
    Cells band(columns_[0].size());
    const auto add = [&](const Cells& column) {
      for (std::size_t i = 0; i < band.size(); ++i) band[i] += "  " + column[i];
    };
    const auto fits = [&](const Cells& column) {
      return base::characters(band[0]) + 2 + base::characters(column[0]) <= page;
    };
    for (const Cells& column : stub_) add(column);
    do add(columns_[next++]);
    while (next < columns_.size() && fits(columns_[next]));
    if (!note_.empty() && fits(note_)) add(note_);
    if (!lines.empty()) lines.emplace_back();
    if (rule) band.insert(band.begin() + 1, "  " + std::string(base::characters(band[0]) - 2, '-'));
    for (std::string& line : band) {
      line.erase(line.find_last_not_of(' ') + 1);
      lines.push_back(std::move(line));
    }
  }
  return lines;
}

}  // namespace pipeline
