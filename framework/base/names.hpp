// The one rule for names of pipelines, sections, keys, models and values: letters, digits, _ and -.
#pragma once
#include <algorithm>
#include <string_view>

namespace pipeline::base {

// Names of files and folders are made from names. File systems allow 255; endings and the folders of runs need some.
inline constexpr std::size_t longest_name = 200;
inline constexpr const char* name_rule = "letters, digits, _ and -";

/// Not std::isalnum: a name must not depend on the locale.
inline bool is_letter(char c) { return ('a' <= c && c <= 'z') || ('A' <= c && c <= 'Z'); }
inline bool is_name_character(char c) { return is_letter(c) || ('0' <= c && c <= '9') || c == '_' || c == '-'; }
inline bool is_name(std::string_view text) { return !text.empty() && std::ranges::all_of(text, is_name_character); }

/// Characters that a C++ identifier allows too; the names of plugins consist of them.
inline bool is_identifier_character(char c) { return is_name_character(c) && c != '-'; }
inline bool is_identifier(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_identifier_character);
}

}  // namespace pipeline::base
