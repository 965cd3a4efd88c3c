// Recognises files that are no tables of text by how they begin, and says what to do with them.
#pragma once
#include <algorithm>
#include <cctype>
#include <optional>
#include <string>
#include <string_view>

namespace pipeline::datasets {

/// How a file of another format begins, what it is, and what to do.
struct FileFormat {
  std::string_view begins;
  const char* advice;
};

/// Whether there is a control character other than white space, as in no text.
inline bool is_binary(std::string_view start) {
  return std::ranges::any_of(start,
                             [](char c) { return static_cast<unsigned char>(c) < ' ' && (c < '\t' || c > '\r'); });
}

inline constexpr const char* unpack = ": unpack it first (only gzip is read as it is)";

/// What a file is if it is no table, and what to do, as the end of a sentence: "is a zip archive: unpack it first".
/// `start` is how the unpacked file begins.
inline std::optional<std::string> other_format(std::string_view start) {
  using namespace std::string_view_literals;
  // Several of these begin with letters, which may also be the name of a column.
  static constexpr FileFormat archives[] = {
      {"\x1F\x8B"sv, "is gzipped twice"},
      {"BZh"sv, "is compressed with bzip2"},
      {"\xFD\x37zXZ\0"sv, "is compressed with xz"},
      {"\x28\xB5\x2F\xFD"sv, "is compressed with zstd"},
      {"\x04\x22\x4D\x18"sv, "is compressed with lz4"},
      {"LZIP"sv, "is compressed with lzip"},
      {"\x1F\x9D"sv, "is compressed with compress"},
      {"7z\xBC\xAF\x27\x1C"sv, "is a 7z archive"},
      {"Rar!\x1A"sv, "is a rar archive"},
  };
  static constexpr FileFormat formats[] = {
      {"\xFF\xFE\0\0"sv, "is UTF-32: save it as UTF-8"},
      {"\0\0\xFE\xFF"sv, "is UTF-32: save it as UTF-8"},
      {"\0\x05\x16\x07"sv, "is an AppleDouble file, which macOS puts beside the real one: take the file without ._"},
      {"\xD0\xCF\x11\xE0"sv, "is an Excel workbook (xls): save the sheet as CSV"},
      {"\x89PNG"sv, "is a picture (png), not a table"},
      {"\xFF\xD8\xFF"sv, "is a picture (jpeg), not a table"},
      {"GIF8"sv, "is a picture (gif), not a table"},
      {"\x7F"
       "ELF"sv,
       "is a program, not a table"},
      {"PAR1"sv, "is a Parquet file: convert it to CSV"},
      {"ARROW1"sv, "is an Arrow file: convert it to CSV"},
      {"FEA1"sv, "is a Feather file: convert it to CSV"},
      {"Obj\x01"sv, "is an Avro file: convert it to CSV"},
      {"ORC"sv, "is an ORC file: convert it to CSV"},
      {"\x89HDF\r\n\x1A\n"sv, "is an HDF5 file: convert it to CSV"},
      {"\x93NUMPY"sv, "is a NumPy array: write it with numpy.savetxt(FILE, array, delimiter=',')"},
      {"SQLite format 3\0"sv, "is an SQLite database: export the table as CSV"},
      {"MATLAB 5.0"sv, "is a MATLAB file: convert it to CSV"},
      {"RDX3\n"sv, "is an R data file: write the table with write.csv(table, FILE, row.names = FALSE)"},
      {"RDX2\n"sv, "is an R data file: write the table with write.csv(table, FILE, row.names = FALSE)"},
  };
  static constexpr FileFormat texts[] = {
      {"\xFF\xFE"sv, "is UTF-16: save it as UTF-8"},
      {"\xFE\xFF"sv, "is UTF-16: save it as UTF-8"},
      {"<stata_dta>"sv, "is a Stata file: convert it to CSV"},
      {"$FL2"sv, "is an SPSS file: convert it to CSV"},
      {"HEADER RECORD***"sv, "is a SAS transport file: convert it to CSV"},
      {"%PDF-"sv, "is a PDF document: get the table as CSV"},
      {"{\\rtf"sv, "is a rich text document: save it as plain text"},
      {"version https://git-lfs"sv, "is a Git LFS pointer, not the file itself: fetch it with git lfs pull"},
      {"<<<<<<< "sv, "contains a merge conflict: resolve it first"},
      {"sep="sv, "begins with the line 'sep=' that only Excel understands: delete that line, and set separator"},
  };
  const bool binary = is_binary(start);
  const auto begins_with = [&](std::string_view what) { return start.starts_with(what); };
  for (const FileFormat& f : archives)
    if (binary && begins_with(f.begins)) return std::string(f.advice) + unpack;
  if (begins_with("PK\x03\x04") || begins_with("PK\x05\x06")) {
    const std::string_view entry = start.substr(0, 200);
    const bool sheet = entry.find("[Content_Types]") != entry.npos || entry.find("xl/") != entry.npos ||
                       entry.find("opendocument.spreadsheet") != entry.npos;
    if (sheet) return "is a spreadsheet (xlsx or ods): save the sheet as CSV";
    return "is a zip archive: unpack it first (only gzip is read as it is)";
  }
  if (start.size() > 262 && start.substr(257, 5) == "ustar")
    return "is a tar archive: unpack it first (only gzip is read as it is)";
  for (const FileFormat& f : formats)
    if (binary && begins_with(f.begins)) return f.advice;
  for (const FileFormat& f : texts)
    if (begins_with(f.begins)) return f.advice;
  if (start.size() > 4 && start[0] == 0 && start[1] == 0 && start[2] >= 8 && start[2] <= 14 && start[3] >= 1 &&
      start[3] <= 8)
    return "is an IDX file: use plugin = idx";
  if (start.size() > 2 && start[0] == '\x80' && start[1] >= 2 && start[1] <= 5)
    return "is a Python pickle: write the table as CSV";

  // Text: case and leading white space do not matter.
  std::string text(start.substr(0, 4096));
  std::ranges::transform(text, text.begin(),
                         [](char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); });
  std::string_view words = text;
  const auto skip = [&] {
    words.remove_prefix(std::min(words.find_first_not_of(" \t\r\n\xEF\xBB\xBF"), words.size()));
  };
  skip();
  if (words.starts_with("<?xml")) return "is an XML document: convert it to CSV";
  if (words.starts_with("<")) return "begins with '<', like a web page: download the file itself";
  if (words.starts_with("{") || words.starts_with("[")) {
    const std::string_view may_follow = words[0] == '{' ? "\"}" : "\"{[]-0123456789";
    words.remove_prefix(1);
    skip();
    if (words.empty() || may_follow.find(words[0]) != may_follow.npos) return "is JSON: convert it to CSV";
  }
  while (words.starts_with("%")) {  // the comments of ARFF
    words.remove_prefix(std::min(words.find('\n'), words.size()));
    skip();
  }
  if (words.starts_with("@relation"))
    return "is an ARFF file: keep the rows after @data, and put a line with the names of the attributes before them";
  return std::nullopt;
}

}  // namespace pipeline::datasets
