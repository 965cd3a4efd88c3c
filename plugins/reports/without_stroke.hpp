// The points of a curve as they are drawn.
#pragma once
#include <pipeline/series.hpp>

namespace pipeline::reports {

/// A run measures every N steps and once more after the last update, which may be the next one. Two rows that close
/// would be a vertical stroke at the end of the line, so the one before the last is left out.
inline Points without_stroke(Points points) {
  const std::size_t n = points.size();
  if (n < 3) return points;
  const std::uint64_t last = points[n - 1].step - points[n - 2].step, before = points[n - 2].step - points[n - 3].step;
  if (4 * last < before) points.erase(points.end() - 2);
  return points;
}

}  // namespace pipeline::reports
