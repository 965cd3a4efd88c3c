// Comma-separated values (RFC 4180): fields with commas, quotes or line ends are in quotes, and quotes in them doubled.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace pipeline::base {

/// The text as one field.
std::string csv_field(const std::string& text);

struct CsvRecord {
  std::size_t line;  // where it starts, from 1
  std::vector<std::string> fields;
};

/// Every record of a file, its header included; empty lines are left out. Throws std::runtime_error that names file and
/// line, for a quote that is not closed or text after one.
std::vector<CsvRecord> read_csv(const std::filesystem::path& file);

}  // namespace pipeline::base
