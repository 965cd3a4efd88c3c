// The range of the value axis in a picture of training.
#pragma once
#include <algorithm>
#include <cmath>
#include <vector>

#include <pipeline/series.hpp>

namespace pipeline::reports {

struct AxisRange {
  double low = 0, high = 1;
  bool cut = false;  // some early values are outside
};

/// Values change most in the first steps. If those of the last three quarters of the steps span less than half of the
/// full range, the axis shows only these, else everything. Outliers among them (2 % at either end) are then ignored,
/// but the last value of each model is always included.
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
