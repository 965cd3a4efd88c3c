// Reads the whole text of a table, plain or gzipped, and refuses what is no text in UTF-8 with one record per line.
#pragma once
#include <boost/locale/utf.hpp>
#include <string>
#include <string_view>

#include <pipeline/quoted.hpp>

#include "csv_formats.hpp"
#include "gz_file.hpp"

namespace pipeline::datasets {

class CsvText {
 public:
  explicit CsvText(const std::filesystem::path& path) : path_(path) {
    GzFile file(path);
    std::size_t have = 0;
    for (std::size_t room = 1 << 16;; room *= 2) {
      text_.resize(room);
      have += file.read(text_.data() + have, room - have);
      if (room == 1 << 16) refuse_other_formats(std::string_view(text_).substr(0, have));
      if (have < room) break;
    }
    text_.resize(have);
    if (text_.starts_with("\xEF\xBB\xBF")) start_ = 3;
    if (text().find_first_not_of(" \t\r\n") == std::string_view::npos) refuse(have == start_ ? "is empty" : "is blank");
    if (const std::size_t zero = text_.find('\0'); zero != std::string::npos)
      refuse("contains a zero byte (line " + std::to_string(line_of(zero)) + "), so it is no text");
    refuse_other_encodings();
    if (text_.find('\n') == std::string::npos && text_.find('\r') != std::string::npos)
      refuse("its lines end in CR alone, as in 'CSV (Macintosh)': save it with lines that end in LF or CRLF");
  }

  /// Without the byte order mark, which takes `mark()` bytes of line 1.
  std::string_view text() const { return std::string_view(text_).substr(start_); }
  std::size_t mark() const { return start_; }
  /// About the most rows of so many cells: a row takes a line, and a cell two bytes.
  std::size_t most_rows(std::size_t cells) const {
    const auto ends = static_cast<std::size_t>(std::count(text_.begin(), text_.end(), '\n'));
    return std::min(ends + 1, text_.size() / (2 * cells) + 1);
  }

 private:
  void refuse_other_formats(std::string_view start) const {
    if (const auto what = other_format(start)) refuse(*what);
    // Text in UTF-16 without a mark has a zero byte in nearly every pair.
    const std::string_view some = start.substr(0, 200);
    const auto zeros = [&](std::size_t from) {
      std::size_t n = 0;
      for (std::size_t i = from; i < some.size(); i += 2) n += some[i] == 0;
      return n;
    };
    if (some.size() >= 4 && std::max(zeros(0), zeros(1)) * 2 > some.size() / 2 && zeros(0) + zeros(1) < some.size())
      refuse("looks like UTF-16 or UTF-32: save it as UTF-8");
  }
  void refuse_other_encodings() const {
    namespace utf = boost::locale::utf;
    for (auto at = text_.begin(); at != text_.end();) {
      const auto from = at;
      if (static_cast<unsigned char>(*at) < 0x80) {
        ++at;
      } else if (const utf::code_point c = utf::utf_traits<char>::decode(at, text_.end());
                 c == utf::illegal || c == utf::incomplete) {
        const auto place = static_cast<std::size_t>(from - text_.begin());
        const std::string byte = pipeline::quoted(text_.substr(place, 1));
        throw std::runtime_error(path_.string() + ":" + std::to_string(line_of(place)) + ":" +
                                 std::to_string(place - (text_.rfind('\n', place) + 1) + 1) + ": the byte " + byte +
                                 " is not UTF-8: save the file as UTF-8; if it is Latin-1, as from Excel: iconv -f "
                                 "latin1 -t utf8 FILE > NEW");
      }
    }
  }
  std::size_t line_of(std::size_t at) const {
    return 1 +
           static_cast<std::size_t>(std::count(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
  }
  [[noreturn]] void refuse(const std::string& what) const { throw std::runtime_error(path_.string() + ": " + what); }

  std::filesystem::path path_;
  std::string text_;
  std::size_t start_ = 0;
};

}  // namespace pipeline::datasets
