#include "base/utf8.hpp"

#include <algorithm>

namespace pipeline::base {

namespace {

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }
bool is_control(char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F; }

/// Whether a character cannot be seen, or changes how its neighbours are shown: control characters, tabs, blanks other
/// than the usual one, and marks of direction and width.
bool is_invisible(std::string_view character) {
  const auto between = [&](std::string_view first, std::string_view last) {
    return character.size() == first.size() && first <= character && character <= last;
  };
  return (character.size() == 1 && (is_control(character[0]) || character[0] == '\t')) || between("\u0080", "\u00a0") ||
         character == "\u00ad" || between("\u2000", "\u200f") || between("\u2028", "\u202f") ||
         between("\u205f", "\u206f") || character == "\u3000" || character == "\ufeff";
}

/// \x0d for every byte.
std::string in_hexadecimal(std::string_view bytes) {
  constexpr const char* digits = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text.append({'\\', 'x', digits[byte / 16], digits[byte % 16]});
  }
  return text;
}

}  // namespace

// Unicode 15, table 3-7.
std::size_t length_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0u; };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t length = first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((byte(i) & 0xC0) != 0x80) return 0;
  // the second byte rules out overlong forms, surrogates and code points above U+10FFFF
  const unsigned second = byte(1);
  if (first == 0xE0 && second < 0xA0) return 0;
  if (first == 0xED && second > 0x9F) return 0;
  if (first == 0xF0 && second < 0x90) return 0;
  if (first == 0xF4 && second > 0x8F) return 0;
  return length;
}

std::size_t characters(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) count += !continues(c);
  return count;
}

std::size_t byte_of(std::string_view text, std::size_t index) {
  std::size_t at = 0;
  for (; at < text.size(); ++at)
    if (!continues(text[at]) && index-- == 0) break;
  return at;
}

std::size_t find_control(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at)
    if (is_control(text[at])) return at;
  return text.npos;
}

std::size_t find_not_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = length_at(text, at);
    if (length == 0) return at;
    at += length;
  }
  return text.npos;
}

std::string printable(std::string_view text) {
  std::string shown;
  shown.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = length_at(text, at);
    if (length == 0 || is_control(text[at]))
      shown += "\uFFFD";
    else
      shown += text.substr(at, length);
    at += length == 0 ? 1 : length;
  }
  return shown;
}

std::string quoted(std::string_view text, std::size_t longest) {
  constexpr std::string_view cut = "...";
  std::string shown = "'";
  std::size_t width = 0, size_if_cut = shown.size();
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = length_at(text, at), size = std::max<std::size_t>(length, 1);
    const std::string_view character = text.substr(at, size);
    const bool legible = length > 0 && !is_invisible(character);
    const std::string part = legible ? std::string(character) : in_hexadecimal(character);
    width += legible ? 1 : part.size();
    if (width > longest) {
      shown.resize(size_if_cut);
      return shown.append(cut).append("'");
    }
    shown += part;
    if (width + cut.size() <= longest) size_if_cut = shown.size();
    at += size;
  }
  return shown + "'";
}

std::string quoted_path(std::string_view path) { return quoted(path, 300); }

}  // namespace pipeline::base
