// The part of the value axis that a picture of training shows.
#pragma once
#include <algorithm>
#include <cmath>
#include <vector>

#include "series.hpp"

namespace pipeline::reports {

struct AxisRange {
  double low = 0, high = 1;
  bool cut = false;  // early values lie outside
};

/// Training moves far in its first steps and little after: the axis shows the last three quarters of the
/// steps if that spreads them more than twice as wide, else everything. Single outliers (2 % at either end)
/// do not count then; where the models end always does.
inline AxisRange axis_range(const std::vector<const Points*>& models, std::optional<double> control) {
  std::vector<double> all, late, ends;
  for (const Points* points : models)
    for (const Point& p : *points)
      if (std::isfinite(p.value)) {
        all.push_back(p.value);
        if (p.step * 4 >= points->back().step) late.push_back(p.value);
        if (p.step == points->back().step) ends.push_back(p.value);
      }
  if (control && std::isfinite(*control)) all.push_back(*control);
  if (all.empty()) return {};
  const auto [least, most] = std::minmax_element(all.begin(), all.end());
  AxisRange range{*least, *most, false};
  if (late.size() >= 8) {
    std::sort(late.begin(), late.end());
    const std::size_t outliers = late.size() / 50;
    AxisRange tail{late[outliers], late[late.size() - 1 - outliers], true};
    for (const double end : ends) tail = {std::min(tail.low, end), std::max(tail.high, end), true};
    if (tail.high > tail.low && 2 * (tail.high - tail.low) < range.high - range.low) range = tail;
  }
  const double span = range.high > range.low ? range.high - range.low : std::max(std::abs(range.high), 1e-3);
  return {range.low - 0.07 * span, range.high + 0.07 * span, range.cut};
}

}  // namespace pipeline::reports
