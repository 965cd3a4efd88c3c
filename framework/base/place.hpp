// The place of a word in a pipeline file or on the command line, and how messages show it.
#pragma once
#include <cstddef>
#include <memory>
#include <string>

namespace pipeline::base {

/// Text that many words share: a file of many words is not copied for each of them.
class SharedText {
 public:
  SharedText() = default;
  SharedText(std::string text) : text_(std::make_shared<const std::string>(std::move(text))) {}
  SharedText(const char* text) : SharedText(std::string(text)) {}
  operator const std::string&() const { return str(); }
  const std::string& str() const {
    static const std::string nothing;
    return text_ ? *text_ : nothing;
  }
  bool operator==(const SharedText& other) const { return text_ == other.text_ || str() == other.str(); }

 private:
  std::shared_ptr<const std::string> text_;
};

/// In a file: line and column count from 1, columns in characters; `line_text` is the whole line without its newline.
/// In an override: file is "command line", line is 0, line_text is the whole override, and column counts within it. A
/// missing section has line 0 and the file that lacks it.
struct Place {
  SharedText file;
  std::size_t line = 0, column = 0;
  SharedText line_text;
  bool on_command_line() const { return line == 0 && file.str() == command_line; }
  bool operator==(const Place&) const = default;
  bool in_a_file() const { return line > 0; }
  static constexpr const char* command_line = "command line";
};

struct Word {
  std::string text;
  Place place;
};

/// "mnist_snr.ini:14", or only the file if the line is unknown.
inline std::string location(const Place& place) {
  return place.file.str() + (place.line ? ":" + std::to_string(place.line) : "");
}

}  // namespace pipeline::base
