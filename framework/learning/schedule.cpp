#include "learning/schedule.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace pipeline::learning {

double Schedule::share(std::uint64_t t) const {
  const auto real = [](std::uint64_t n) { return static_cast<double>(n); };
  if (t < warmup) return real(t + 1) / real(warmup);
  const std::uint64_t u = t - warmup;
  // The part of the way that is done: 1 from the last step on.
  const double way = t < steps ? real(u) / real(steps - warmup) : 1;
  switch (shape) {
    case Shape::constant:
      break;
    case Shape::step:
      return std::pow(factor, real(u / every));
    case Shape::exponential:
      return std::pow(factor, real(u) / real(every));
    case Shape::linear:
      return 1 - (1 - end) * way;
    case Shape::cosine:
      return end + (1 - end) * (1 + std::cos(std::numbers::pi * way)) / 2;
    case Shape::inverse_sqrt:
      return std::sqrt(real(std::max<std::uint64_t>(warmup, 1)) / real(t + 1));
  }
  return 1;
}

}  // namespace pipeline::learning
