// The range of the value axis in a picture of training.
#pragma once
#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include <pipeline/series.hpp>

namespace pipeline::reports {

struct AxisRange {
  double low = 0, high = 1;
  bool cut = false;          // some values are outside
  bool logarithmic = false;  // asked for, and some value is above 0
  double clamped(double x) const { return std::clamp(x, low, high); }
  bool contains(double x) const { return x >= low && x <= high; }
};

/// Values change most in the first steps. If those of the last nine tenths of the steps span less than half of the full
/// range, the axis shows only these, else everything. Outliers among them (2 % at either end) are then ignored, but the
/// last value of each line is always included. A logarithmic axis leaves out values that are not above 0.
inline AxisRange axis_range(const std::vector<const Points*>& lines, std::optional<double> control,
                            bool logarithmic = false) {
  std::vector<double> all, late, ends;
  bool any_left_out = false;
  const auto add = [&](std::vector<double>& to, double value) {
    if (!std::isfinite(value)) return;
    if (!logarithmic)
      to.push_back(value);
    else if (value > 0)
      to.push_back(std::log10(value));
    else
      any_left_out = true;
  };
  for (const Points* points : lines)
    for (const Point& p : *points) {
      add(all, p.value);
      if (p.step * 10 >= points->back().step) add(late, p.value);
      if (p.step == points->back().step) add(ends, p.value);
    }
  if (control) add(all, *control);
  if (all.empty()) return logarithmic ? axis_range(lines, control) : AxisRange{};
  const auto [least, most] = std::minmax_element(all.begin(), all.end());
  AxisRange range{*least, *most, any_left_out, logarithmic};
  if (late.size() >= 8) {
    std::sort(late.begin(), late.end());
    const std::size_t outliers = late.size() / 50;
    AxisRange tail{late[outliers], late[late.size() - 1 - outliers], true, logarithmic};
    for (const double end : ends) tail.low = std::min(tail.low, end), tail.high = std::max(tail.high, end);
    if (tail.high > tail.low && 2 * (tail.high - tail.low) < range.high - range.low) range = tail;
  }
  const double span = range.high > range.low ? range.high - range.low
                      : logarithmic          ? 1
                                             : std::max(std::abs(range.high), 1e-3);
  range.low -= 0.07 * span, range.high += 0.07 * span;
  if (logarithmic)  // and within what double can hold
    range.low = std::pow(10, std::max(range.low, -300.)), range.high = std::pow(10, std::min(range.high, 300.));
  return range;
}

}  // namespace pipeline::reports
