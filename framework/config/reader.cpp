#include "config/reader.hpp"

#include <algorithm>
#include <iterator>

#include "base/names.hpp"
#include "base/utf8.hpp"
#include "config/edit.hpp"
#include "config/line.hpp"

namespace pipeline::config {

namespace {

class Reader {
 public:
  explicit Reader(Complaints& complaints) : complaints_(complaints) {}
  /// Returns false if nothing more is to be read.
  bool read(const Line& line);
  Tree tree;

 private:
  void read_section(const Line& line, std::size_t open);
  void enter_section(const Word& name);
  void enter_cleaned(const Word& name);
  void read_key(const Line& line, std::size_t at);
  bool is_axis_elsewhere(const Word& key, const Line& line, std::size_t equals) const;
  void read_key_without_value(const Line& line, std::size_t at, std::size_t end);
  void add_key(const Word& key, const Word& value);

  Complaints& complaints_;
  Tree refused_;             // receives the keys of a refused section, whose syntax is still checked
  Tree* section_ = nullptr;  // none yet
  std::size_t statements_ = 0;
  bool skips_ = false;  // keys before the first section
};

bool Reader::read(const Line& line) {
  // Each key needs a hundred times the memory of its line.
  constexpr std::size_t most_statements = 100'000;
  const std::size_t at = skip_space(line.text, 0);
  if (at == line.text.size() || find_comment(line.text, at) == at) return true;
  if (++statements_ > most_statements) {
    complaints_.add(line.word(at, 1), "more than " + std::to_string(most_statements) + " sections and keys",
                    "is this a pipeline file?");
    complaints_.leave_unread();
    return false;
  }
  if (line.text[at] == '[') {
    read_section(line, at);
  } else if (section_ && !skips_) {
    read_key(line, at);
  } else if (!skips_) {
    complaints_.add(line.word(at, trim_end(line.text.substr(at)).size()), "text before the first section",
                    "a pipeline file starts with a section such as [pipeline]");
    skips_ = true;  // complained about once, not for every line
  }
  return true;
}

void Reader::read_section(const Line& line, std::size_t open) {
  const std::string_view text = line.text;
  std::size_t close = text.find(']', open);
  const bool closed = close != text.npos;
  if (!closed) close = find_comment(text, open);

  const std::size_t from = skip_space(text, open + 1);
  const std::string_view name = from < close ? trim_end(text.substr(from, close - from)) : "";
  if (!closed) complaints_.add(line.word(open, from + name.size() - open), "missing ']'");
  if (closed) {
    const std::size_t rest = skip_space(text, close + 1);
    if (rest < text.size() && rest != find_comment(text, close + 1))
      complaints_.add(line.word(rest, trim_end(text.substr(rest)).size()), "text after ']'",
                      "put a key on its own line; put white space before a comment");
  }
  if (!name.empty()) return enter_section(line.word(from, name));
  if (closed) complaints_.add(line.word(open, close + 1 - open), "a section without a name");
  section_ = &(refused_ = Tree());
  skips_ = false;
}

void Reader::enter_section(const Word& name) {
  section_ = &(refused_ = Tree());
  skips_ = false;
  if (!check_section_name(name, complaints_)) return enter_cleaned(name);
  if (const Tree* first = child(tree, name.text))
    complaints_.add(name, "section [" + name.text + "] appears twice",
                    "the first is at " + base::location(first->data().name.place));
  else
    section_ = &put(tree, {name, {}});
}

/// "[[dataset]" was probably meant to be [dataset]: its keys are read, so that they are not reported as missing.
void Reader::enter_cleaned(const Word& name) {
  Word cleaned{"", name.place};
  std::ranges::copy_if(name.text, std::back_inserter(cleaned.text),
                       [](char c) { return base::is_name_character(c) || c == ':'; });
  Complaints none;
  if (may_exist(cleaned.text) && check_section_name(cleaned, none) && !child(tree, cleaned.text))
    section_ = &put(tree, {cleaned, {}});
}

/// In a section such as [sweeep], whose name is the mistake, an axis is not another one.
bool Reader::is_axis_elsewhere(const Word& key, const Line& line, std::size_t equals) const {
  const std::size_t at = skip_space(line.text, equals + 1);
  return !may_exist(section_->data().name.text) && key.text.find('.') != std::string::npos && at < line.text.size() &&
         line.text[at] == '{';
}

void Reader::read_key(const Line& line, std::size_t at) {
  const std::size_t end = find_comment(line.text, at), equals = line.text.find('=', at);
  if (equals >= end) return read_key_without_value(line, at, end);

  const Word key = line.word(at, trim_end(line.text.substr(at, equals - at)));
  const bool is_swept = section_->data().name.text == kSweep,
             is_good = is_swept ? is_swept_key(key.text) : is_key(key.text);
  const Word value = (is_swept || is_axis_elsewhere(key, line, equals) ? read_swept_value(line, equals + 1)
                                                                       : read_value(line, equals + 1, complaints_))
                         .word;
  section_->data().unread |= !is_good;
  if (key.text.empty())
    complaints_.add(line.word(equals, 1), "no key before '='", "write key = value");
  else if (!is_good && is_swept)
    complaints_.add(key, base::quoted(key.text) + " is not section.key",
                    "a key of [sweep] names the key that varies: training.learning_rate = {0.05, 0.1}");
  else if (!is_good)
    complaints_.add(key, base::quoted(key.text) + " is not a valid key",
                    "a key consists of letters, digits, _ and -, or of several such words joined by dots");
  else
    add_key(key, value);
}

/// Takes the text after the first word as its value, so that the key is not reported as missing as well.
void Reader::read_key_without_value(const Line& line, std::size_t at, std::size_t end) {
  const std::string_view statement = trim_end(line.text.substr(at, end - at));
  const std::string_view first = statement.substr(0, statement.find_first_of(" \t"));
  const Word key = line.word(at, first);
  complaints_.add(key, "missing '=' after " + base::quoted(first), "a line is a [section], 'key = value' or a comment");
  section_->data().unread |= !is_key(first);
  if (!is_key(first) || complaints_.full()) return;
  const std::string_view rest = statement.substr(skip_space(statement, first.size()));
  add_key(key, {std::string(rest), key.place});
}

void Reader::add_key(const Word& key, const Word& value) {
  if (section_ == &refused_) return;
  const Tree* first = child(*section_, key.text);
  if (!first) {
    put(*section_, {key, value});
    return;
  }
  complaints_.add(key, "key " + base::quoted(key.text) + " appears twice in its section",
                  "the first is at " + base::location(first->data().name.place));
  // If the heading of another section is missing here, all keys from here on belong to that one.
  section_->data().unread = true;
  section_ = &(refused_ = Tree());
}

/// The first control character that does not end a line.
std::size_t find_stray_control(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    const std::size_t next = base::find_control(text.substr(at));
    if (next == text.npos) break;
    at += next;
    const bool ends_a_line = text[at] == '\n' || (text[at] == '\r' && (at + 1 == text.size() || text[at + 1] == '\n'));
    if (!ends_a_line) return at;
  }
  return text.npos;
}

/// One complaint for a whole file that is not text: complaints about its lines would not help.
void complain_about_control(std::string_view text, std::size_t at, const std::string& file, Complaints& complaints) {
  const std::size_t before = at == 0 ? text.npos : text.rfind('\n', at - 1);
  const std::size_t from = before == text.npos ? 0 : before + 1;
  std::size_t number = 1;
  for (const char c : text.substr(0, from)) number += c == '\n';
  const std::string left = base::printable(text.substr(from, at - from));
  const Line line(file, number, left + base::printable(text.substr(at, text.find('\n', at) - at)));
  const auto byte = static_cast<unsigned char>(text[at]);
  const char* digits = "0123456789abcdef";
  const bool utf16 = text.substr(0, 2) == "\xff\xfe" || text.substr(0, 2) == "\xfe\xff";
  complaints.add(line.word(left.size(), base::byte_of(line.text.substr(left.size()), 1)),
                 std::string("character 0x") + digits[byte / 16] + digits[byte % 16] + " in a pipeline file",
                 utf16          ? "this file is UTF-16: save it as UTF-8"
                 : byte == '\r' ? "end lines with LF or CRLF"
                                : "is this a text file?");
}

}  // namespace

Tree read_text(std::string_view text, const std::string& name, Complaints& complaints) {
  if (text.substr(0, 3) == "\xef\xbb\xbf") text.remove_prefix(3);
  if (const std::size_t stray = find_stray_control(text); stray != text.npos) {
    complain_about_control(text, stray, name, complaints);
    complaints.leave_unread();
    return {};
  }

  Reader reader(complaints);
  const SharedText file = name;
  bool all_utf8 = true;
  for (std::size_t from = 0, number = 1; from < text.size(); ++number) {
    const std::size_t end = std::min(text.find('\n', from), text.size());
    std::string_view line = text.substr(from, end - from);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    from = end + 1;

    const std::size_t broken = base::find_not_utf8(line);
    const Line read(file, number, broken == line.npos ? std::string(line) : base::printable(line));
    if (broken != line.npos && std::exchange(all_utf8, false))
      complaints.add(read.word(broken, std::string_view("\uFFFD")), "a character that is not UTF-8",
                     "save the file as UTF-8");
    if (!reader.read(read)) break;
  }
  return reader.tree;
}

}  // namespace pipeline::config
