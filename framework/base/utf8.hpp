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

/// The first byte that is a control character other than the tab, or npos.
std::size_t find_control(std::string_view text);
/// The first byte that does not belong to well-formed UTF-8, or npos.
std::size_t find_not_utf8(std::string_view text);
/// The text with U+FFFD in place of either: safe to show, in a terminal and in JSON.
std::string printable(std::string_view text);

/// 'text' in quotes, as messages show it; very long text is truncated.
std::string in_quotes(std::string_view text);

}  // namespace pipeline::base
