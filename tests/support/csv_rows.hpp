// Reads metrics.csv as any CSV reader would, independently of the program's own reader.
#pragma once
#include <sstream>
#include <string>
#include <vector>

namespace support {

struct CsvRow {
  std::string step, model, metric, layer, value;
};

inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

/// The rows below the header. A row without exactly five cells gets an empty step, and its text as the model.
inline std::vector<CsvRow> csv_rows(const std::string& text) {
  std::vector<CsvRow> rows;
  const std::vector<std::string> lines = lines_of(text);
  for (std::size_t i = 1; i < lines.size(); ++i) {
    std::vector<std::string> cells = {""};
    for (const char c : lines[i])
      if (c == ',')
        cells.emplace_back();
      else
        cells.back() += c;
    rows.push_back(cells.size() == 5 ? CsvRow{cells[0], cells[1], cells[2], cells[3], cells[4]}
                                     : CsvRow{"", lines[i], "", "", ""});
  }
  return rows;
}

}  // namespace support
