#include "conformance/slope.hpp"

#include <cmath>
#include <sstream>

#include "conformance/bench.hpp"

namespace pipeline::conformance {

namespace {

// How far to walk to either side, of the numbers' size. The first changes no sign of numbers kept .1 from 0 (|d| < 25);
// a formula that bends more is followed closer.
constexpr float kSteps[] = {0x1p-8f, 0x1p-11f, 0x1p-14f};
// Of the length of gradient and way: the third derivative times the square of a step, and a gradient and outputs that
// are rounded to float32 (6e-8 against a rise of some 1e-3). A forgotten factor is seen at 1.002.
constexpr double kTolerance = 1e-3;
// A gradient below float32's range is 0.
constexpr double kUnderflow = 1e-37;

/// One walk along d; true where the gradient tells the rise.
bool agrees(const ValueAt& value, const arma::fmat& at, const arma::fmat& g, const arma::fmat& d, bool corner,
            std::string& seen) {
  const arma::fmat ahead = at + d, behind = at - d, way = ahead - behind;
  const Value here = value(at), up = value(ahead), down = value(behind);
  // The difference of the float32 points as they are, so that only curvature is left over.
  const double slope = dot(g, ahead) - dot(g, behind), rise = up.x - down.x;
  const double length = std::sqrt(dot(way, way)), tolerance = kTolerance * std::sqrt(dot(g, g)) * length +
                                                              kUnderflow * length + up.rounding + down.rounding;
  const double right = 2 * (up.x - here.x), left = 2 * (here.x - down.x);
  const bool between = slope >= std::min(left, right) - tolerance && slope <= std::max(left, right) + tolerance;
  std::ostringstream text;
  text << "the value rises by " << rise << ", the gradient says " << slope;
  seen = text.str();
  return corner ? between : std::abs(rise - slope) <= tolerance;
}

}  // namespace

double dot(const arma::fmat& a, const arma::fmat& b) {
  double sum = 0;
  for (arma::uword i = 0; i < a.n_elem; ++i) sum += double{a[i]} * b[i];
  return sum;
}

std::string slope_complaint(const ValueAt& value, const arma::fmat& at, const arma::fmat& gradient, float scale,
                            bool corner) {
  for (std::uint64_t direction = 0; direction < 5; ++direction) {
    const arma::fmat d = random_matrix(at.n_rows, at.n_cols, 100 + direction);
    std::string seen, first;
    bool good = false;
    for (const float step : kSteps) {
      good = good || agrees(value, at, gradient, d * (step * scale), corner, seen);
      if (first.empty()) first = seen;
    }
    if (!good) return first;
  }
  return "";
}

}  // namespace pipeline::conformance
