#include <pipeline/parameters.hpp>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>

#include "base/numbers.hpp"
#include "base/utf8.hpp"

namespace pipeline {
using base::parse_real;
using base::parse_whole;
using base::shortest;

/// 1000000 rather than 1e+06: people read bounds.
static std::string bound(double x) {
  return std::floor(x) == x && std::abs(x) < 1e15 ? std::to_string(static_cast<long long>(x)) : shortest(x);
}

std::string Range::text() const {
  const auto side = [](double x, bool open, const char* strict, const char* loose) {
    return std::string(open ? strict : loose) + bound(x);
  };
  const bool has_low = !(low == -infinity && low_open), has_high = !(high == infinity && high_open);
  if (has_low && has_high) return bound(low) + (low_open ? " < x " : " <= x ") + side(high, high_open, "< ", "<= ");
  if (has_low) return "x " + side(low, low_open, "> ", ">= ");
  if (has_high) return "x " + side(high, high_open, "< ", "<= ");
  return "any number";
}

namespace {

std::string trim(std::string_view s) {
  const auto space = [](unsigned char c) { return std::isspace(c) != 0; };
  while (!s.empty() && space(s.front())) s.remove_prefix(1);
  while (!s.empty() && space(s.back())) s.remove_suffix(1);
  return std::string(s);
}

std::vector<std::string> split_at_commas(std::string_view s) {
  std::vector<std::string> parts;
  for (std::size_t from = 0;;) {
    const std::size_t comma = s.find(',', from);
    parts.push_back(trim(s.substr(from, comma - from)));
    if (comma == std::string_view::npos) return parts;
    from = comma + 1;
  }
}

/// " (a list is written 6, 16, 3)" for "[6, 16, 3]" and "6 16 3"; empty for what is no such list.
std::string list_as_written(std::string_view s) {
  std::string list;
  for (std::size_t at = 0; at < s.size();) {
    const std::size_t end = std::min(s.find_first_not_of("0123456789", at), s.size());
    if (end > at) list += (list.empty() ? "" : ", ") + std::string(s.substr(at, end - at));
    if (end < s.size() && std::string_view("[](){} ,;").find(s[end]) == std::string_view::npos) return "";
    at = end + 1;
  }
  return list.empty() ? "" : " (a list is written " + list + ")";
}

template <class T>
std::string joined(const std::vector<T>& values, const auto& text) {
  std::string out;
  for (const T& v : values) out += (out.empty() ? "" : ", ") + text(v);
  return out;
}

using Refusal = std::optional<std::string>;

template <class Real>
Refusal set_real(Real& target, const Range& range, std::string_view text) {
  const std::optional<double> x = parse_real(text);
  if (!x) return "is not a number" + std::string(text.find(',') != text.npos ? " (the decimal point is '.')" : "");
  const bool unbounded = *x == infinity ? range.high == infinity : *x == -infinity && range.low == -infinity;
  if (unbounded && !range.contains(*x)) return "is not finite";
  if (!range.contains(*x)) return "is outside the range " + range.text();
  const Real rounded = static_cast<Real>(*x);
  if (std::isinf(rounded) && !std::isinf(*x)) return "is too large for float32";
  if (rounded == 0 && *x != 0) return "is too small for float32";
  target = rounded;
  return std::nullopt;
}

/// A range without an upper end ends here: beyond it not every whole number is a double, in which JSON and other programs
/// hold it, and sums and products of two would overflow.
constexpr std::uint64_t largest = std::uint64_t{1} << 53;

/// The range of whole numbers, as it is shown and compared: no whole number is infinite.
Range of_wholes(Range declared) {
  if (declared.high == infinity) declared.high_open = true;
  return declared;
}

/// The largest value where a range has no upper end; all of 64 bits where it names infinity, as those of seeds do.
std::uint64_t end_of(const Range& declared) {
  return declared.high_open ? largest : std::numeric_limits<std::uint64_t>::max();
}

/// "1000" for "1e3" and "1000.0"; empty where the text is no whole number.
std::string in_digits(std::string_view text) {
  const std::optional<double> x = parse_real(text);
  if (!x || !(*x >= 0 && *x <= static_cast<double>(largest)) || std::floor(*x) != *x) return "";
  return std::to_string(static_cast<std::uint64_t>(*x));
}

Refusal set_whole(std::uint64_t& target, const Range& declared, std::string_view text) {
  const std::optional<std::uint64_t> x = parse_whole(text);
  if (text.empty() || text.find_first_not_of("0123456789") != text.npos) {
    const std::string digits = in_digits(text);
    return "is not a whole number (digits only" + (digits.empty() ? "" : ": " + digits) + ")";
  }
  const Range range = of_wholes(declared);
  if (range.high == infinity && (!x || *x > end_of(declared)))
    return "is too large: at most " + std::to_string(end_of(declared));
  if (!x || !range.contains(static_cast<double>(*x))) return "is outside the range " + range.text();
  target = *x;
  return std::nullopt;
}

}  // namespace

const char* name_of(ParameterType type) {
  switch (type) {
    case ParameterType::number:
      return "number";
    case ParameterType::whole:
      return "whole number";
    case ParameterType::flag:
      return "yes or no";
    case ParameterType::choice:
      return "choice";
    case ParameterType::text:
      return "text";
    case ParameterType::path:
      return "path";
    case ParameterType::wholes:
      return "whole numbers";
    case ParameterType::words:
      return "words";
  }
  return "";
}

std::string Parameter::values_text() const {
  if (type == ParameterType::choice || type == ParameterType::words)
    return joined(choices, [](const std::string& s) { return s; });
  return range ? range->text() : "";
}

Parameter& Parameters::add(Parameter parameter) {
  parameter.initial = parameter.get();
  all_.push_back(std::move(parameter));
  return all_.back();
}

Parameter* Parameters::find(std::string_view name) {
  const auto it = std::find_if(all_.begin(), all_.end(), [&](const Parameter& p) { return p.name == name; });
  return it == all_.end() ? nullptr : &*it;
}

bool Parameters::used(const Parameter& parameter) const {
  if (parameter.condition_name.empty()) return true;
  const auto other =
      std::find_if(all_.begin(), all_.end(), [&](const Parameter& p) { return p.name == parameter.condition_name; });
  if (other == all_.end())
    throw std::logic_error("parameter '" + parameter.name + "' depends on '" + parameter.condition_name +
                           "', which is not declared");
  const std::vector<std::string>& values = parameter.condition_values;
  return std::find(values.begin(), values.end(), other->get()) != values.end() && used(*other);
}

Parameter& Parameters::number(std::string name, float& target, Range range, std::string meaning) {
  Parameter p{std::move(name), ParameterType::number, std::move(meaning), range};
  p.set = [&target, range](std::string_view s) { return set_real(target, range, s); };
  p.get = [&target] { return shortest(target); };
  return add(std::move(p));
}

Parameter& Parameters::number(std::string name, double& target, Range range, std::string meaning) {
  Parameter p{std::move(name), ParameterType::number, std::move(meaning), range};
  p.set = [&target, range](std::string_view s) { return set_real(target, range, s); };
  p.get = [&target] { return shortest(target); };
  return add(std::move(p));
}

Parameter& Parameters::whole(std::string name, std::uint64_t& target, Range range, std::string meaning) {
  Parameter p{std::move(name), ParameterType::whole, std::move(meaning), of_wholes(range)};
  p.set = [&target, range](std::string_view s) { return set_whole(target, range, s); };
  p.get = [&target] { return std::to_string(target); };
  return add(std::move(p));
}

Parameter& Parameters::flag(std::string name, bool& target, std::string meaning) {
  Parameter p{std::move(name), ParameterType::flag, std::move(meaning)};
  p.choices = {"yes", "no"};
  p.set = [&target](std::string_view s) -> Refusal {
    if (s != "yes" && s != "no") return "is neither yes nor no";
    target = s == "yes";
    return std::nullopt;
  };
  p.get = [&target] { return std::string(target ? "yes" : "no"); };
  return add(std::move(p));
}

Parameter& Parameters::choice(std::string name, std::string& target, std::vector<std::string> choices,
                              std::string meaning) {
  Parameter p{std::move(name), ParameterType::choice, std::move(meaning)};
  p.choices = choices;
  p.set = [&target, choices = std::move(choices)](std::string_view s) -> Refusal {
    if (std::find(choices.begin(), choices.end(), s) == choices.end()) return "is not one of the choices";
    target = s;
    return std::nullopt;
  };
  p.get = [&target] { return target; };
  return add(std::move(p));
}

Parameter& Parameters::text(std::string name, std::string& target, std::string meaning) {
  Parameter p{std::move(name), ParameterType::text, std::move(meaning)};
  p.set = [&target](std::string_view s) {
    target = s;
    return Refusal{};
  };
  p.get = [&target] { return target; };
  return add(std::move(p));
}

Parameter& Parameters::path(std::string name, std::filesystem::path& target, std::string meaning) {
  Parameter p{std::move(name), ParameterType::path, std::move(meaning)};
  p.set = [this, &target, optional = target.empty()](std::string_view s) -> Refusal {
    if (s.empty() && !optional) return "is empty, but a path is required";
    if (s.empty()) return target.clear(), std::nullopt;
    target = std::filesystem::path(s).is_absolute() ? std::filesystem::path(s) : (base / s).lexically_normal();
    return std::nullopt;
  };
  p.get = [&target] { return target.string(); };
  return add(std::move(p));
}

Parameter& Parameters::wholes(std::string name, std::vector<std::uint64_t>& target, Range range, std::string meaning) {
  Parameter p{std::move(name), ParameterType::wholes, std::move(meaning), of_wholes(range)};
  p.set = [&target, range](std::string_view s) -> Refusal {
    std::vector<std::uint64_t> values;
    if (s.empty()) return target.clear(), std::nullopt;
    for (const std::string& part : split_at_commas(s)) {
      std::uint64_t value = 0;
      const Refusal refusal = set_whole(value, range, part);
      const bool is_number = !part.empty() && part.find_first_not_of("0123456789") == part.npos;
      if (const std::string list = list_as_written(s); refusal && !is_number && !list.empty())
        return "is not a list" + list;
      if (refusal) return "contains " + base::quoted(part) + ", which " + *refusal;
      values.push_back(value);
    }
    target = values;
    return std::nullopt;
  };
  p.get = [&target] { return joined(target, [](std::uint64_t x) { return std::to_string(x); }); };
  return add(std::move(p));
}

Parameter& Parameters::words(std::string name, std::vector<std::string>& target, std::string meaning) {
  Parameter p{std::move(name), ParameterType::words, std::move(meaning)};
  p.set = [&target](std::string_view s) -> Refusal {
    std::vector<std::string> parts;
    if (!s.empty()) parts = split_at_commas(s);
    if (std::find(parts.begin(), parts.end(), "") != parts.end()) return "has an empty word between commas";
    target = parts;
    return std::nullopt;
  };
  p.get = [&target] { return joined(target, [](const std::string& s) { return s; }); };
  return add(std::move(p));
}

Parameter& Parameters::words(std::string name, std::vector<std::string>& target, std::vector<std::string> choices,
                             std::string meaning) {
  Parameter& p = words(std::move(name), target, std::move(meaning));
  p.choices = choices;
  p.set = [&target, choices = std::move(choices)](std::string_view s) -> Refusal {
    const std::vector<std::string> parts = split_at_commas(s);
    for (const std::string& part : parts) {
      if (std::find(choices.begin(), choices.end(), part) == choices.end())
        return parts.size() == 1 ? "is not one of the choices"
                                 : "contains " + base::quoted(part) + ", which is not one of the choices";
      if (std::count(parts.begin(), parts.end(), part) > 1) return "names " + base::quoted(part) + " twice";
    }
    target = parts;
    return std::nullopt;
  };
  return p;
}

}  // namespace pipeline
