// The place of a word in a pipeline file or on the command line, and how messages show it.
#pragma once
#include <cstddef>
#include <string>

namespace pipeline::base {

/// In a file: line and column count from 1, columns in characters; `line_text` is the whole line without its newline.
/// In an override: file is "command line", line is 0, line_text is the whole override, and column counts within it. A
/// missing section has line 0 and the file that lacks it.
struct Place {
  std::string file;
  std::size_t line = 0, column = 0;
  std::string line_text;
  bool on_command_line() const { return line == 0 && file == command_line; }
  bool in_a_file() const { return line > 0; }
  static constexpr const char* command_line = "command line";
};

struct Word {
  std::string text;
  Place place;
};

/// "mnist_snr.ini:14", or only the file if the line is unknown.
inline std::string location(const Place& place) {
  return place.file + (place.line ? ":" + std::to_string(place.line) : "");
}

}  // namespace pipeline::base
