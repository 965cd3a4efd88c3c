#include "experiment/axes.hpp"

#include <algorithm>
#include <cmath>
#include <pipeline/random.hpp>
#include <set>
#include <sstream>

#include "base/numbers.hpp"
#include "base/utf8.hpp"
#include "config/line.hpp"

namespace pipeline::experiment {

namespace {

using config::Complaints;

constexpr const char* forms =
    "write {1, 2, 3}, {1..10}, {1..10..3}, {0.001..1 log 4}, {0..1 linear 5}, {0..1 random} or {0.001..1 log random}";

std::string trimmed(const std::string& text) {
  const std::size_t from = text.find_first_not_of(" \t");
  return from == text.npos ? "" : text.substr(from, text.find_last_not_of(" \t") + 1 - from);
}

/// A mistake in an axis: the message and the remedy.
struct BadAxis {
  std::string message, remedy = forms;
};

/// How random axes are drawn.
struct Draws {
  std::uint64_t count = 0, seed = 1;
};

/// The items of "1, 2, "3, 4"", without their quotes.
std::vector<std::string> listed(const std::string& text) {
  std::vector<std::string> items = {""};
  bool is_quoted = false, was_quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (is_quoted && c == '\\' && i + 1 < text.size()) {
      items.back() += text[++i];
    } else if (c == '"' && (is_quoted || trimmed(items.back()).empty())) {
      if (!is_quoted) items.back().clear();
      was_quoted = true;
      is_quoted = !is_quoted;
    } else if (c == ',' && !is_quoted) {
      if (!was_quoted) items.back() = trimmed(items.back());
      items.emplace_back();
      was_quoted = false;
    } else if (!was_quoted || is_quoted || (c != ' ' && c != '\t')) {
      items.back() += c;
    }
  }
  if (is_quoted) throw BadAxis{"a quote is not closed"};
  if (!was_quoted) items.back() = trimmed(items.back());
  return items;
}

bool is_whole(const std::string& text) { return !text.empty() && text.find_first_not_of("0123456789") == text.npos; }

double number(const std::string& text) {
  const std::optional<double> x = base::parse_real(text);
  if (!x || !std::isfinite(*x)) throw BadAxis{base::quoted(text) + " is not a number"};
  return *x;
}

/// The end of a range, and numbers between them.
class Range {
 public:
  Range(const std::string& low, const std::string& high)
      : low_text_(low),
        high_text_(high),
        low_(number(low)),
        high_(number(high)),
        has_whole_ends_(is_whole(low) && is_whole(high)) {
    if (!(low_ <= high_)) throw BadAxis{"the range " + low + ".." + high + " does not rise"};
    if (has_whole_ends_ && high_ > 9e15) throw BadAxis{"the range " + low + ".." + high + " is too large"};
  }
  bool has_whole_ends() const { return has_whole_ends_; }
  /// From now on, values are rounded to whole numbers.
  void round() {
    if (!has_whole_ends_) throw BadAxis{"a range of whole numbers has whole ends"};
    whole_ = true;
  }

  std::vector<std::string> in_steps(const std::string& step_text) const {
    const double step = number(step_text);
    if (!(step > 0)) throw BadAxis{"the step " + step_text + " is not positive"};
    if ((high_ - low_) / step > static_cast<double>(most_points))
      throw BadAxis{"more than " + std::to_string(most_points) + " values"};
    std::vector<std::string> values;
    // The end belongs to the range where rounding alone keeps the last step from reaching it.
    for (std::size_t i = 0; low_ + static_cast<double>(i) * step <= high_ + 1e-9 * step; ++i)
      values.push_back(text_of(low_ + static_cast<double>(i) * step));
    return values;
  }
  std::vector<std::string> spaced(std::size_t n, bool log) const {
    if (n < 2) throw BadAxis{"a range has at least 2 values"};
    std::vector<std::string> values;
    for (std::size_t i = 0; i < n; ++i)
      values.push_back(i == 0       ? low_text_
                       : i + 1 == n ? high_text_
                                    : text_of(at(static_cast<double>(i) / static_cast<double>(n - 1), log)));
    return values;
  }
  std::vector<std::string> drawn(const std::string& key, const Draws& draws, bool log) const {
    const Random random(draws.seed, "sweep", "", key);
    std::vector<std::string> values;
    for (std::uint64_t i = 0; i < draws.count; ++i) {
      const double u = random.uniform(i);
      // Every whole number of a range has the same chance, its ends too.
      values.push_back(whole_ && !log ? text_of(std::floor(low_ + u * (high_ - low_ + 1))) : text_of(at(u, log)));
    }
    return values;
  }

 private:
  double at(double share, bool log) const {
    if (!log) return low_ + share * (high_ - low_);
    if (!(low_ > 0)) throw BadAxis{"a logarithmic range starts above 0"};
    return low_ * std::pow(high_ / low_, share);
  }
  std::string text_of(double x) const {
    constexpr double exact = 9e15;  // whole numbers of a double
    if (whole_ || (std::floor(x) == x && std::abs(x) < exact)) return std::to_string(std::llround(x));
    // 12 digits, so that a step of 0.1 three times is 0.3.
    std::ostringstream out;
    out.imbue(std::locale::classic());
    out.precision(12);
    out << x;
    return out.str();
  }
  std::string low_text_, high_text_;
  double low_, high_;
  bool has_whole_ends_, whole_ = false;
};

/// The values of "1..10", "1..10..3", "0.001..1 log 4", "0..1 random"; nothing where the text is a list.
std::optional<std::vector<std::string>> ranged(const std::string& key, const std::string& text, const Draws& draws,
                                               bool& is_random) {
  std::istringstream in(text);
  std::string ends, word;
  std::vector<std::string> how;
  in >> ends;
  while (in >> word) how.push_back(word);
  const std::size_t dots = ends.find("..");
  if (dots == ends.npos || text.find(',') != text.npos || text.find('"') != text.npos) return std::nullopt;
  const std::size_t second = ends.find("..", dots + 2);
  Range range(ends.substr(0, dots), ends.substr(dots + 2, second == ends.npos ? ends.npos : second - dots - 2));
  if (second != ends.npos) {
    if (!how.empty()) throw BadAxis{"a range has a step or a number of values, not both"};
    return range.in_steps(ends.substr(second + 2));
  }
  if (how.empty()) {
    if (!range.has_whole_ends()) throw BadAxis{"a range of decimal numbers needs a step or a number of values"};
    return range.in_steps("1");
  }
  if (how.front() == "whole") {
    range.round();
    how.erase(how.begin());
  }
  const bool log = !how.empty() && how.front() == "log";
  if (log || (!how.empty() && how.front() == "linear")) how.erase(how.begin());
  if (how == std::vector<std::string>{"random"}) {
    if (draws.count == 0)
      throw BadAxis{"a random axis needs the number of draws", "add `draws = 20` to [sweep], or sweep.draws=20"};
    is_random = true;
    return range.drawn(key, draws, log);
  }
  if (!how.empty() && !is_whole(how.front()))
    throw BadAxis{base::quoted(how.front()) + " is none of linear, log, whole and random"};
  if (how.size() != 1 || how.front().size() > 6)
    throw BadAxis{"after the ends of a range comes the number of its values, or `random`"};
  return range.spaced(std::stoul(how.front()), log);
}

std::vector<std::string> values_of(const std::string& key, const std::string& text, const Draws& draws,
                                   bool& is_random) {
  if (text.size() < 2 || text.front() != '{' || text.back() != '}')
    throw BadAxis{base::quoted(text) + " is no set of values in braces"};
  const std::string inside = trimmed(text.substr(1, text.size() - 2));
  if (inside.empty()) throw BadAxis{"there are no values in the braces"};
  std::vector<std::string> values;
  if (auto range = ranged(key, inside, draws, is_random))
    values = std::move(*range);
  else
    values = listed(inside);
  return values;
}

/// The groups of "a + b, c + d".
void read_zip(const base::Word& word, const Axes& axes, std::vector<std::size_t>& group_of, Complaints& complaints) {
  for (const base::Word& group : config::items(word)) {
    std::string text = group.text;
    std::ranges::replace(text, '+', ' ');
    std::istringstream in(text);
    std::optional<std::size_t> first;
    std::size_t keys = 0;
    for (std::string key; in >> key;) {
      const auto axis = std::ranges::find(axes.all, key, &Axis::key);
      if (axis == axes.all.end()) {
        std::vector<std::string> known;
        known.reserve(axes.all.size());
        for (const Axis& a : axes.all) known.push_back(a.key);
        complaints.add(group, base::quoted(key) + " is no axis of this sweep", config::suggestion(key, known));
        return;
      }
      const std::size_t i = static_cast<std::size_t>(axis - axes.all.begin());
      if (!first) first = group_of[i];
      if (axis->values.size() != axes.all[*first].values.size()) {
        complaints.add(group,
                       axes.all[*first].key + " has " + std::to_string(axes.all[*first].values.size()) +
                           " values and " + key + " has " + std::to_string(axis->values.size()),
                       "axes that vary together have the same number of values");
        return;
      }
      ++keys;
      const std::size_t joined = group_of[i];
      for (std::size_t& g : group_of)
        if (g == joined) g = *first;
    }
    if (keys < 2) {
      complaints.add(group, base::quoted(group.text) + " alone varies together with nothing",
                     "join keys by +, and groups of them by commas: zip = a.b + c.d, e.f + g.h");
      return;
    }
  }
}

/// Of axes that vary together, only their values together must differ.
void check_repeats(const config::Tree& section, const Axes& axes, Complaints& complaints) {
  for (const std::vector<std::size_t>& group : axes.together) {
    const Axis& first = axes.all[group.front()];
    std::set<std::vector<std::string>> seen;
    for (std::size_t v = 0; v < first.values.size() && !first.is_random; ++v) {
      std::vector<std::string> values;
      values.reserve(group.size());
      for (const std::size_t axis : group) values.push_back(axes.all[axis].values[v]);
      if (seen.insert(values).second) continue;
      std::string text;
      for (const std::string& value : values) text += (text.empty() ? "" : " with ") + base::quoted(value);
      complaints.add(config::child(section, first.key)->data().value, "the value " + text + " occurs twice",
                     "leave one out; a value with a comma is quoted: {\"784, 10\", \"784, 50, 10\"}");
      break;
    }
  }
}

std::uint64_t whole_setting(const config::Tree& section, const char* key, std::uint64_t initial,
                            Complaints& complaints) {
  const config::Tree* const found = config::child(section, key);
  if (!found) return initial;
  const base::Word& word = found->data().value;
  const auto value = base::parse_whole(word.text);
  if (value && *value <= most_points) return *value;
  complaints.add(word, "value " + base::quoted(word.text) + " of " + key + " is not a whole number up to " +
                           std::to_string(most_points));
  return initial;
}

}  // namespace

Axes read_axes(const config::Tree& tree, Complaints& complaints) {
  Axes axes;
  const config::Tree* const section = config::child(tree, config::kSweep);
  if (!section) return axes;
  const Draws draws{whole_setting(*section, "draws", 0, complaints),
                    whole_setting(*section, "draw_seed", 1, complaints)};
  std::vector<std::size_t> group_of;  // the first axis of each one's group
  std::optional<std::size_t> first_random;
  const config::Tree* zip = nullptr;
  for (const auto& [key, node] : *section) {
    if (key == "draws" || key == "draw_seed") continue;
    if (key == "zip") {
      zip = &node;
      continue;
    }
    const base::Word& word = node.data().value;
    if (key.find('.') == key.npos) {
      complaints.add(node.data().name, "unknown key " + base::quoted(key) + " in [sweep]",
                     "an axis is section.key = {...}; the others are draws, draw_seed and zip");
      continue;
    }
    try {
      bool is_random = false;
      Axis axis{key, values_of(key, word.text, draws, is_random), node.data().name, false};
      axis.is_random = is_random;
      group_of.push_back(is_random && first_random ? *first_random : axes.all.size());
      if (is_random && !first_random) first_random = axes.all.size();
      axes.all.push_back(std::move(axis));
    } catch (const BadAxis& bad) {
      complaints.add(word, bad.message, bad.remedy);
    }
  }
  if (zip && !complaints.any()) read_zip(zip->data().value, axes, group_of, complaints);
  std::vector<std::size_t> heads;
  for (std::size_t i = 0; i < axes.all.size(); ++i) {
    const auto at = std::ranges::find(heads, group_of[i]);
    if (at == heads.end()) {
      heads.push_back(group_of[i]);
      axes.together.push_back({i});
    } else {
      axes.together[static_cast<std::size_t>(at - heads.begin())].push_back(i);
    }
  }
  if (!complaints.any()) check_repeats(*section, axes, complaints);  // else `zip` may be what was not understood
  double count = 1;
  for (const auto& group : axes.together) count *= static_cast<double>(axes.all[group.front()].values.size());
  if (count > static_cast<double>(most_points))
    complaints.add(axes.all.front().word, "the sweep has " + base::shortest(count) + " jobs",
                   "it can have at most " + std::to_string(most_points));
  return axes;
}

std::vector<Point> points(const Axes& axes) {
  std::vector<Point> all = {Point(axes.all.size())};
  for (const std::vector<std::size_t>& group : axes.together) {
    std::vector<Point> longer;
    for (const Point& point : all)
      for (std::size_t i = 0; i < axes.all[group.front()].values.size(); ++i) {
        longer.push_back(point);
        for (const std::size_t axis : group) longer.back()[axis] = axes.all[axis].values[i];
      }
    all = std::move(longer);
  }
  return all;
}

std::vector<std::string> overrides_of(const Axes& axes, const Point& point) {
  std::vector<std::string> words;
  for (std::size_t i = 0; i < point.size(); ++i)
    words.push_back(axes.all[i].key + "=" + config::written_value(point[i]));
  return words;
}

std::string list_item(const std::string& value) {
  if (value.find_first_of(",\"\\ \t{}") == value.npos && value.find("..") == value.npos && !value.empty()) return value;
  std::string text = "\"";
  for (const char c : value) text += (c == '"' || c == '\\' ? "\\" : "") + std::string(1, c);
  return text + "\"";
}

std::string text_of(const Axes& axes, const Point& point) {
  std::string text;
  for (std::size_t i = 0; i < point.size(); ++i) text += (i ? ", " : "") + axes.all[i].key + " = " + point[i];
  return text;
}

}  // namespace pipeline::experiment
