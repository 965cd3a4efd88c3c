// The syntax of words, values and comments, on one line of a pipeline text or in one override.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "config/complaint.hpp"

namespace pipeline::config {

struct Line {
  SharedText file;
  std::size_t number;  // from 1; 0 for an override
  SharedText whole;
  std::string_view text;  // of `whole`

  Line(SharedText in, std::size_t n, std::string line)
      : file(std::move(in)), number(n), whole(std::move(line)), text(whole.str()) {}

  /// The word that starts at byte `from`, with its place; `shown` is its text where that differs from the line.
  Word word(std::size_t from, std::size_t length) const { return word(from, text.substr(from, length)); }
  Word word(std::size_t from, std::string_view shown) const;
};

/// White space is spaces and tabs.
std::size_t skip_space(std::string_view text, std::size_t from);
std::string_view trim_end(std::string_view text);

/// Where a comment starts at or after `from`: a ; or # at the line's start or after white space. The size if none does.
std::size_t find_comment(std::string_view text, std::size_t from);

/// "l2.lambda": words of letters, digits, _ and -, joined by dots.
bool is_key(std::string_view text);
/// The section that describes a sweep. Its keys name keys of other sections: "training.steps", "model:l2.l2.lambda".
inline constexpr const char* kSweep = "sweep";
bool is_swept_key(std::string_view text);
/// "training" or "model:l2".
bool is_section_name(std::string_view text);

/// The items of a list, each at its own place.
std::vector<Word> items(const Word& list);

struct Value {
  Word word;        // without its quotes; after a complaint, some word at that place
  std::size_t end;  // where a comment starts or the line ends
};
/// The value of a key; `from` is the byte after '='.
Value read_value(const Line& line, std::size_t from, Complaints& complaints);
/// The value of a key of [sweep], as it is written: braces and quotes belong to it.
Value read_swept_value(const Line& line, std::size_t from);
/// The value as it must be written to read back the same.
std::string written_value(const std::string& value);

}  // namespace pipeline::config
