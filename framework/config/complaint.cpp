#include "config/complaint.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "base/utf8.hpp"

namespace pipeline::config {

namespace {

/// "training.stpes" of "+training.stpes=100".
std::string subject_of(const std::string& override_word) {
  const std::size_t from = !override_word.empty() && (override_word[0] == '+' || override_word[0] == '~');
  return override_word.substr(from, override_word.find('=') - from);
}

/// The part of a line that is shown, and the position of the word in it; all in characters.
struct Window {
  std::string text;
  std::size_t before, width;
};

Window window(const Complaint& complaint) {
  constexpr std::size_t widest = 160,
                        lead = 40;  // one or two rows of a terminal; some text before the word
  const std::string_view line = complaint.place.line_text.str();
  const std::size_t wanted = std::max<std::size_t>(complaint.place.column, 1) - 1, at = base::byte_of(line, wanted);
  const std::size_t before = at < line.size() ? wanted : std::min(wanted, base::characters(line));
  // Beyond what can be shown, a line is not looked at.
  const std::size_t length = before + base::characters(line.substr(at, 4 * (widest + 1)));
  if (length <= widest)
    return {std::string(line), before, std::min(complaint.width, std::max<std::size_t>(length - before, 1))};

  const std::size_t from = before > lead ? std::min(before - lead, length - widest) : 0, to = from + widest;
  const std::string cut_left = from > 0 ? "..." : "", cut_right = to < length ? "..." : "";
  const std::string_view rest = line.substr(base::byte_of(line, from));
  const std::string part(rest.substr(0, base::byte_of(rest, to - from)));
  return {cut_left + part + cut_right, before - from + cut_left.size(),
          std::min(complaint.width, std::max<std::size_t>(to - before, 1))};
}

/// White space as wide as the text. Tabs stay tabs, so that the caret is under its word.
std::string padding(std::string_view text) {
  std::string pad;
  for (std::size_t i = 0; i < base::characters(text); ++i) pad += text[base::byte_of(text, i)] == '\t' ? '\t' : ' ';
  return pad;
}

std::string right_aligned(const std::string& text, std::size_t width) {
  return std::string(text.size() < width ? width - text.size() : 0, ' ') + text;
}

}  // namespace

void Complaints::add(const Word& word, std::string message, std::string remedy) {
  if (++count_ > most_kept) return;
  const std::string subject = word.place.on_command_line() ? subject_of(word.place.line_text.str()) : "";
  list_.push_back({word.place, std::max<std::size_t>(1, base::characters(word.text)), subject, std::move(message),
                   std::move(remedy)});
}

bool Complaints::about(const Word& word) const {
  return std::any_of(list_.begin(), list_.end(), [&](const Complaint& c) { return c.place == word.place; });
}

std::string folded(const std::string& text, std::size_t from, const std::string& lead) {
  constexpr std::size_t page = 100;
  std::string out;
  std::size_t column = from;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t word = std::min(text.find_first_not_of(' ', at), text.size());
    std::size_t end = std::min(text.find(' ', word), text.size());
    if (word < text.size() && text[word] == '(')  // a range such as (x >= 1) stays whole
      if (const std::size_t close = text.find(')', word); close != text.npos && close - word < 24)
        end = std::min(text.find(' ', close), text.size());
    const std::string blanks = text.substr(at, word - at), part = text.substr(word, end - word);
    const std::size_t wide = blanks.size() + base::characters(part);
    if (column + wide > page && column > base::characters(lead)) {
      out += "\n" + lead + part;
      column = base::characters(lead) + base::characters(part);
    } else {
      out += blanks + part;
      column += wide;
    }
    at = end;
  }
  return out;
}

std::string as_text(const Complaint& complaint) {
  const Place& place = complaint.place;
  if (!place.in_a_file() && !place.on_command_line()) {  // no line to show
    std::string text = place.file.str();
    text.append(text.empty() ? "error: " : ": error: ").append(complaint.message);
    if (!complaint.remedy.empty()) text.append("\n   | ").append(complaint.remedy);
    return text;
  }
  const bool in_a_file = place.in_a_file();
  const std::string where =
      in_a_file ? std::to_string(place.line) + ":" + std::to_string(place.column) : complaint.subject;
  const std::string number = in_a_file ? right_aligned(std::to_string(place.line), 5) : "  ";
  const std::string margin = std::string(number.size(), ' ') + " | ";
  const Window shown = window(complaint);
  const std::string_view before = std::string_view(shown.text).substr(0, base::byte_of(shown.text, shown.before));
  std::string text = place.file.str();
  text.append(in_a_file ? ":" : ": ").append(where).append(": error: ").append(complaint.message).append("\n");
  text.append(number).append(" | ").append(shown.text).append("\n");
  text.append(margin).append(padding(before)).append("^").append(shown.width - 1, '~');
  if (!complaint.remedy.empty()) text.append(" ").append(complaint.remedy);
  return text;
}

namespace {

std::vector<Complaint> sorted(std::vector<Complaint> list) {
  std::map<std::string, std::size_t> file_order;
  for (const Complaint& c : list) file_order.try_emplace(c.place.file.str(), file_order.size());
  const auto rank = [&](const Complaint& c) {
    const bool last = c.place.on_command_line();
    // A missing section has no line; it comes last in its file.
    const std::size_t line = !last && c.place.line == 0 ? std::string::npos : c.place.line;
    return std::make_tuple(last, last ? 0 : file_order.at(c.place.file.str()), line, last ? 0 : c.place.column);
  };
  std::stable_sort(list.begin(), list.end(), [&](const Complaint& a, const Complaint& b) { return rank(a) < rank(b); });
  return list;
}

std::string joined(const std::vector<Complaint>& list, std::size_t further) {
  std::string all;
  for (const Complaint& c : list) {
    if (!all.empty()) all += '\n';
    all += as_text(c);
  }
  if (further > 0) all += "\n... and " + std::to_string(further) + " more";
  return all;
}

}  // namespace

PipelineTextError::PipelineTextError(std::vector<Complaint> list, std::size_t others)
    : std::runtime_error(joined(list = sorted(std::move(list)), others)),
      complaints(std::move(list)),
      further(others) {}

}  // namespace pipeline::config
