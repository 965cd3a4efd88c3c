// Text as characters: columns count characters, not bytes.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace pipeline::base {

/// The number of characters (UTF-8 code points) in a text.
std::size_t characters(std::string_view text);
/// The byte at which character `index` (from 0) starts; the text's size if there are not that many.
std::size_t byte_of(std::string_view text, std::size_t index);

/// The number of bytes of the character that starts at this byte, or 0 if it is not well-formed.
std::size_t length_at(std::string_view text, std::size_t at);
/// The first byte that is a control character other than the tab, or npos.
std::size_t find_control(std::string_view text);
/// The first byte that does not belong to well-formed UTF-8, or npos.
std::size_t find_not_utf8(std::string_view text);
/// The text with U+FFFD in place of either: safe to show, in a terminal and in JSON.
std::string printable(std::string_view text);

/// The text in single quotes, as messages show it: cut after `longest` characters; control and invisible characters, and
/// bytes that are not UTF-8, as \x0d. It takes no longer for a longer text.
std::string quoted(std::string_view text, std::size_t longest = 40);
/// The same for a file or folder, whose end matters too: cut only where it is longer than any that people use.
std::string quoted_path(std::string_view path);

}  // namespace pipeline::base
