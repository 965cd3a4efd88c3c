#include "conformance/slope.hpp"

#include <cmath>
#include <sstream>

#include "conformance/training_fixture.hpp"

namespace pipeline::conformance {

namespace {

// Steps to either side, as shares of the numbers' size. The first changes no sign of numbers at least .1 from 0
// (|d| < 25); the smaller ones are for formulas of stronger curvature.
constexpr float kSteps[] = {0x1p-8f, 0x1p-11f, 0x1p-14f};
// As a share of gradient norm times step length. Allows for the third derivative times the square of a step, and for a
// gradient and outputs that are rounded to float32 (6e-8 against a rise of some 1e-3). A wrong factor shows from 1.002.
constexpr double kTolerance = 1e-3;
// A gradient below the range of float32 is 0.
constexpr double kUnderflow = 1e-37;

/// Compares one step along d; true where the gradient predicts the rise.
bool agrees(const ValueAt& value, const arma::fmat& at, const arma::fmat& g, const arma::fmat& d, bool corner,
            std::string& seen) {
  const arma::fmat ahead = at + d, behind = at - d, difference = ahead - behind;
  const Value here = value(at), up = value(ahead), down = value(behind);
  // The difference of the points as rounded to float32, so that only curvature remains.
  const double slope = dot(g, ahead) - dot(g, behind), rise = up.x - down.x;
  const double length = std::sqrt(dot(difference, difference)),
               tolerance =
                   kTolerance * std::sqrt(dot(g, g)) * length + kUnderflow * length + up.rounding + down.rounding;
  const double right = 2 * (up.x - here.x), left = 2 * (here.x - down.x);
  const bool between = slope >= std::min(left, right) - tolerance && slope <= std::max(left, right) + tolerance;
  std::ostringstream text;
  text << "the value rises by " << rise << ", but the gradient predicts " << slope;
  if (slope != 0) text << ", a ratio of " << rise / slope;
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
