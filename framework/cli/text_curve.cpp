#include "cli/text_curve.hpp"

#include <langinfo.h>
#include <locale.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>

namespace pipeline::cli {

void TextCurve::add(std::uint64_t step, std::uint64_t steps, double value) {
  if (!std::isfinite(value)) return;
  const double share = steps ? static_cast<double>(step) / static_cast<double>(steps) : 1;
  values_[std::min(static_cast<std::size_t>(share * columns), columns - 1)] = value;
}

bool TextCurve::empty() const {
  return std::ranges::none_of(values_, [](const auto& value) { return value.has_value(); });
}

double TextCurve::low() const {
  double low = std::numeric_limits<double>::infinity();
  for (const auto& value : values_) low = std::min(low, value.value_or(low));
  return empty() ? 0 : low;
}

double TextCurve::high() const {
  double high = -std::numeric_limits<double>::infinity();
  for (const auto& value : values_) high = std::max(high, value.value_or(high));
  return empty() ? 0 : high;
}

std::string TextCurve::text(double low, double high, bool utf8) const {
  static constexpr std::string_view blocks[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"},
                                    letters[] = {"_", ".", ":", "-", "=", "+", "*", "#"};
  std::size_t last = 0;  // after the last value
  for (std::size_t i = 0; i < columns; ++i)
    if (values_[i]) last = i + 1;
  std::string text;
  std::optional<double> value;
  for (std::size_t i = 0; i < columns; ++i) {
    if (values_[i]) value = values_[i];
    if (!value || i >= last) {
      text += ' ';
      continue;
    }
    const double share = high > low ? (*value / 2 - low / 2) / (high / 2 - low / 2) : 0;  // halves do not overflow
    const auto height = static_cast<std::size_t>(std::clamp(share * 8, 0., 7.));
    text += utf8 ? blocks[height] : letters[height];
  }
  return text;
}

bool shows_utf8() {
  const locale_t users = ::newlocale(LC_CTYPE_MASK, "", nullptr);  // that of the process stays "C"
  if (!users) return false;
  const bool utf8 = std::string_view(::nl_langinfo_l(CODESET, users)) == "UTF-8";
  ::freelocale(users);
  return utf8;
}

}  // namespace pipeline::cli
