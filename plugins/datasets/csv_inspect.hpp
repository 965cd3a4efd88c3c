// Describes a table for `pipeline data inspect`: its columns, what could be the label, and a [dataset] section.
#pragma once
#include <optional>
#include <set>

#include <pipeline/text_table.hpp>

#include "csv_column_words.hpp"
#include "csv_columns.hpp"
#include "csv_seen.hpp"

namespace pipeline::datasets {

using CsvSettings = std::vector<std::pair<std::string, std::string>>;

class CsvInspection {
 public:
  explicit CsvInspection(const std::filesystem::path& path) : path_(path), seen_(see(path)) {
    columns_.names = seen_.names;
    columns_.uses.assign(seen_.columns.size(), CsvUse::number);
    if (seen_.rows == 0 || columns_.count() < 2) return;
    find_label();
    for (std::size_t c = 0; c < columns_.count(); ++c)
      if (const auto why = why_left_out(seen_.columns[c], seen_.rows); why && (!label_ || c != *label_)) {
        columns_.uses[c] = CsvUse::none;
        left_out_.push_back(columns_.title(c) + ": " + *why);
      } else if (!seen_.columns[c].all_numbers()) {
        columns_.uses[c] = CsvUse::category;
      }
    if (label_) columns_.uses[*label_] = CsvUse::label;
  }

  /// The text before the section.
  std::string text() const {
    std::string out =
        path_.string() + ": " + number_of(seen_.rows, "row") + " and " + number_of(columns_.count(), "column") +
        ", separated by " + separator_words() + ", " +
        (seen_.header ? "with names in line " + std::to_string(seen_.first_line) : "without names") +
        (seen_.format.comment.empty() ? "" : "; lines that begin with " + seen_.format.comment + " are comments") +
        "\n\n" + table() + "\n";
    if (label_) {
      out += "label: " + columns_.title(*label_) + ", " + classes() + "\n";
      if (const std::size_t n = seen_.columns[*label_].missing)
        out += "  " + number_of(n, "row") + (n == 1 ? " has" : " have") + " no label\n";
      if (seen_.columns[*label_].sorted()) out += "  the rows are sorted by it: shuffle = yes is needed\n";
      if (!others_.empty()) out += "  could be the label as well: " + others_ + "\n";
    }
    out += listed("left out", left_out_) + listed("doubtful", doubts()) + order();
    if (const auto why = why_no_section()) out += "No [dataset] section can be proposed: " + *why + "\n";
    return out;
  }

  /// The parameters of a [dataset] that reads it, in order; empty if there is no label or no input.
  CsvSettings settings() const {
    if (why_no_section()) return {};
    CsvSettings out = {{"train", path_.string()}, {"header", seen_.header ? "yes" : "no"}};
    out.emplace_back("label", columns_.reference(*label_));
    if (seen_.format.separator != ',') out.emplace_back("separator", separator_word());
    if (!seen_.format.comment.empty()) out.emplace_back("comment", seen_.format.comment);
    if (const std::string list = listed(CsvUse::none); !list.empty()) out.emplace_back("drop", list);
    if (const std::string list = listed(CsvUse::category); !list.empty()) out.emplace_back("categories", list);
    std::size_t rows = seen_.rows;
    if (seen_.columns[*label_].missing) {
      out.emplace_back("missing", "drop_rows");
      for (std::size_t c = 0; c < columns_.count(); ++c)
        if (columns_.uses[c] != CsvUse::none)
          rows -= std::min(rows, seen_.columns[c].missing);  // at least so many stay
    } else if (has_missing()) {
      out.emplace_back("missing", "mean");
    }
    const std::size_t held_out = std::max({rows / 5, std::min(classes_seen(), rows / 2), std::size_t{1}});
    out.emplace_back("test_rows", std::to_string(held_out));
    if (!ordered_by()) out.emplace_back("shuffle", "yes");
    if (!ordered_by() || label_only_at_the_end(held_out)) out.emplace_back("stratify", "yes");
    if (!listed(CsvUse::number).empty()) out.emplace_back("scaling", "standardise");
    return out;
  }

  std::size_t rows() const { return seen_.rows; }

  /// A value as it is written in a pipeline file.
  static std::string written(const std::string& value) {
    if (!value.empty() && value.find_first_of("\"{}#;\\\t") == std::string::npos && value.front() != ' ' &&
        value.back() != ' ')
      return value;
    std::string text = "\"";
    for (const char c : value) text += (c == '"' || c == '\\') ? std::string{'\\', c} : std::string{c};
    return text + "\"";
  }

 private:
  std::size_t classes_seen() const { return seen_.columns[*label_].different.size(); }
  bool has_missing() const {
    for (std::size_t c = 0; c < columns_.count(); ++c)
      if (columns_.uses[c] != CsvUse::none && seen_.columns[c].missing) return true;
    return false;
  }

  /// A label has few different words or whole numbers other than years, each in two rows on average, and few are missing.
  bool may_be_label(std::size_t c) const {
    const CsvColumnSeen& s = seen_.columns[c];
    const std::size_t n = s.different.size();
    return !s.too_many && n >= 2 && n <= 100 && 2 * n <= s.present() && s.dates == 0 && 2 * s.missing < seen_.rows &&
           !s.years() && (s.all_numbers() ? s.whole && s.high - s.low < 0x1p53 : s.numbers + s.all_foreign() == 0);
  }

  void find_label() {
    static const std::set<std::string> names = {"class",    "classes",   "label",    "labels", "target",  "y",
                                                "species",  "diagnosis", "outcome",  "type",   "kind",    "category",
                                                "survived", "quality",   "response", "result", "variety", "digit"};
    std::vector<std::size_t> candidates;
    for (std::size_t c = 0; c < columns_.count(); ++c)
      if (may_be_label(c)) candidates.push_back(c);
    if (candidates.empty()) return;
    const auto named = std::ranges::find_if(candidates, [&](std::size_t c) {
      std::string name = columns_.names.empty() ? "" : columns_.names[c];
      std::ranges::transform(name, name.begin(),
                             [](char x) { return static_cast<char>(std::tolower(static_cast<unsigned char>(x))); });
      return names.contains(name);
    });
    label_ = named != candidates.end()                   ? *named
             : candidates.back() + 1 == columns_.count() ? candidates.back()
             : candidates.front() == 0                   ? candidates.front()
                                                         : candidates.back();
    for (const std::size_t c : candidates)
      if (c != *label_ && columns_.count() <= 30) others_ += (others_.empty() ? "" : ", ") + columns_.reference(c);
  }

  std::string classes() const {
    std::vector<std::pair<std::string, std::size_t>> all;
    for (const auto& [word, seen] : seen_.columns[*label_].different) all.emplace_back(word, seen.count);
    std::ranges::sort(all);
    if (seen_.columns[*label_].all_numbers())
      std::ranges::sort(all, {}, [](const auto& word) { return number_in(word.first).value; });
    std::string out = number_of(all.size(), "class") + ": ";
    for (std::size_t i = 0; i < all.size() && i < 10; ++i)
      out += (i ? ", " : "") + shown(all[i].first) + " (" + number_of(all[i].second, "row") + ")";
    return all.size() > 10 ? out + " and " + std::to_string(all.size() - 10) + " more" : out;
  }

  std::string table() const {
    TextTable::Cells head = {"column"}, holds = {"holds"}, missing = {"missing"}, different = {"different"};
    const std::size_t shown = std::min<std::size_t>(columns_.count(), 60);
    for (std::size_t c = 0; c < shown; ++c) {
      const CsvColumnSeen& s = seen_.columns[c];
      head.push_back(std::to_string(c + 1) + (columns_.names.empty() ? "" : " " + unquoted(columns_.names[c])));
      holds.push_back(held(s));
      missing.push_back(std::to_string(s.missing));
      different.push_back((s.too_many ? "> " : "") + std::to_string(s.different.size()));
    }
    TextTable lines;
    lines.stub(head);
    lines.column(holds, TextTable::left);
    lines.column(missing);
    lines.column(different);
    std::string out;
    for (const std::string& line : lines.lines(160, true)) out += "  " + line + "\n";
    if (shown < columns_.count()) out += "  and " + number_of(columns_.count() - shown, "column") + " more\n";
    return out;
  }

  std::vector<std::string> doubts() const {
    std::vector<std::string> out;
    for (std::size_t c = 0; c < columns_.count(); ++c)
      for (const std::string& doubt : stand_ins(seen_.columns[c])) out.push_back(columns_.title(c) + ": " + doubt);
    return out;
  }

  /// The column in whose order the rows stand, as in a series in time; none if they are sorted by label.
  std::optional<std::size_t> ordered_by() const {
    if (label_ && seen_.columns[*label_].sorted()) return std::nullopt;
    for (std::size_t c = 0; c < columns_.count(); ++c)
      if (label_ != c && (seen_.columns[c].rises(seen_.rows) || seen_.columns[c].falls(seen_.rows))) return c;
    return std::nullopt;
  }
  std::string order() const {
    const auto c = ordered_by();
    if (!c || !label_) return "";
    const bool falls = seen_.columns[*c].falls(seen_.rows);
    return "the rows are in the " + std::string(falls ? "falling " : "") + "order of " + columns_.title(*c) +
           ": without shuffle = yes, the split is by time, and the last rows are the test set\n" +
           (falls ? "  these are the earliest: turn the table round to test on the latest\n" : "") +
           "  if the order means nothing, set shuffle = yes and stratify = yes\n";
  }
  bool label_only_at_the_end(std::size_t held_out) const {
    return std::ranges::any_of(seen_.columns[*label_].different,
                               [&](const auto& word) { return word.second.first_row + held_out >= seen_.rows; });
  }

  std::optional<std::string> why_no_section() const {
    if (columns_.count() < 2)
      return "there is only one column; neither commas, semicolons, tabs nor blanks divide the rows into equally many";
    if (!label_)
      return "no column can be the label: that needs the same few words or whole numbers in many rows. Add a column "
             "with the class of every row, or mend the one that has it.";
    if (std::ranges::none_of(columns_.uses, [](CsvUse u) { return u == CsvUse::number || u == CsvUse::category; }))
      return "no column is left as input; mend one of those left out.";
    return std::nullopt;
  }

  /// Under a heading, the first 20.
  static std::string listed(const std::string& heading, const std::vector<std::string>& lines) {
    std::string out = lines.empty() ? "" : heading + ":\n";
    for (std::size_t i = 0; i < lines.size() && i < 20; ++i) out += "  " + lines[i] + "\n";
    return out + (lines.size() > 20 ? "  and " + std::to_string(lines.size() - 20) + " more\n" : "");
  }

  std::string listed(CsvUse use) const {
    std::string out;
    for (std::size_t c = 0; c < columns_.count(); ++c)
      if (columns_.uses[c] == use) out += (out.empty() ? "" : ", ") + columns_.reference(c);
    return out;
  }
  std::string separator_word() const {
    const char s = seen_.format.separator;
    return s == ',' ? "comma" : s == ';' ? "semicolon" : s == '\t' ? "tab" : "space";
  }
  std::string separator_words() const { return seen_.format.separator == ' ' ? "white space" : separator_word() + "s"; }

  std::filesystem::path path_;
  CsvSeen seen_;
  CsvColumns columns_;
  std::optional<std::size_t> label_;
  std::string others_;
  std::vector<std::string> left_out_;
};

}  // namespace pipeline::datasets
