#include "config/line.hpp"

#include <algorithm>

#include "base/names.hpp"
#include "base/utf8.hpp"

namespace pipeline::config {

namespace {

bool is_space(char c) { return c == ' ' || c == '\t'; }
bool starts_comment(char c) { return c == ';' || c == '#'; }

Value read_quoted(const Line& line, std::size_t open, Complaints& complaints) {
  const std::string_view text = line.text;
  std::string value, unknown_escape;
  std::size_t at = open + 1;
  for (; at < text.size() && text[at] != '"'; ++at) {
    if (text[at] == '\\' && at + 1 < text.size()) {
      ++at;
      if (text[at] != '"' && text[at] != '\\') {
        const std::string_view rest = text.substr(at);
        if (unknown_escape.empty()) unknown_escape = rest.substr(0, base::byte_of(rest, 1));
        value += '\\';
      }
    }
    value += text[at];
  }
  if (at >= text.size()) {
    const Word word = line.word(open, text.size() - open);
    complaints.add(word, "unclosed quote", "close it with '\"' on the same line");
    return {word, text.size()};
  }

  const Word word = line.word(open + 1, value);
  if (!unknown_escape.empty())
    complaints.add(word, "unknown escape '\\" + unknown_escape + "' in a quoted value",
                   "the escapes are \\\" and \\\\; write a backslash as \\\\");
  const std::size_t next = skip_space(text, at + 1);
  if (next < text.size() && next != find_comment(text, at + 1))
    complaints.add(line.word(next, trim_end(text.substr(next)).size()), "text after the closing quote",
                   "quote the whole value or none of it");
  return {word, std::min(next, text.size())};
}

}  // namespace

Word Line::word(std::size_t from, std::string_view shown) const {
  return {std::string(shown), {file, number, 1 + base::characters(text.substr(0, from)), whole}};
}

std::size_t skip_space(std::string_view text, std::size_t from) {
  while (from < text.size() && is_space(text[from])) ++from;
  return from;
}

std::string_view trim_end(std::string_view text) {
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

std::size_t find_comment(std::string_view text, std::size_t from) {
  for (std::size_t at = from; at < text.size(); ++at)
    if (starts_comment(text[at]) && (at == 0 || is_space(text[at - 1]))) return at;
  return text.size();
}

bool is_key(std::string_view text) {
  for (;;) {
    const std::size_t dot = text.find('.');
    if (!base::is_name(text.substr(0, dot))) return false;
    if (dot == text.npos) return true;
    text.remove_prefix(dot + 1);
  }
}

bool is_swept_key(std::string_view text) {
  const std::size_t dot = text.find('.');
  if (dot == text.npos) return base::is_name(text);  // how it is swept: "zip"
  return is_section_name(text.substr(0, dot)) && is_key(text.substr(dot + 1));
}

bool is_section_name(std::string_view text) {
  const std::size_t colon = text.find(':');
  return base::is_name(text.substr(0, colon)) && (colon == text.npos || base::is_name(text.substr(colon + 1)));
}

std::vector<Word> items(const Word& list) {
  std::vector<Word> out;
  const std::string_view text = list.text;
  std::size_t column = list.place.column;
  for (std::size_t from = 0; from < text.size();) {
    const std::size_t comma = std::min(text.find(',', from), text.size());
    const std::size_t start = std::min(skip_space(text, from), comma);
    out.push_back({std::string(trim_end(text.substr(start, comma - start))), list.place});
    out.back().place.column = column + base::characters(text.substr(from, start - from));
    const std::size_t next = std::min(comma + 1, text.size());
    column += base::characters(text.substr(from, next - from));
    from = next;
  }
  return out;
}

Value read_value(const Line& line, std::size_t from, Complaints& complaints) {
  const std::size_t at = skip_space(line.text, from);
  if (at < line.text.size() && line.text[at] == '"') return read_quoted(line, at, complaints);

  const std::size_t end = find_comment(line.text, from);
  if (at >= end) return {line.word(from, 0), end};
  const Word word = line.word(at, trim_end(line.text.substr(at, end - at)).size());
  if (word.text.find_first_of("{}") != std::string::npos)
    complaints.add(word, "braces are reserved for sweeps",
                   "`pipeline sweep` takes them: one run for each value; quote the value if it is plain text");
  else if (word.text.find('"') != std::string::npos)
    complaints.add(word, "a quote inside an unquoted value",
                   "quote the whole value, and write \\\" for each quote inside it");
  return {word, end};
}

Value read_swept_value(const Line& line, std::size_t from) {
  const std::size_t end = find_comment(line.text, from), at = std::min(skip_space(line.text, from), end);
  return {line.word(at, trim_end(line.text.substr(at, end - at)).size()), end};
}

std::string written_value(const std::string& value) {
  const bool plain = !value.empty() && !is_space(value.front()) && !is_space(value.back()) &&
                     value.find_first_of("\"{}") == std::string::npos &&
                     find_comment(value, 0) == value.size();  // at the start it would follow "= "
  if (plain) return value;
  std::string text = "\"";
  for (const char c : value) {
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  return text + "\"";
}

}  // namespace pipeline::config
