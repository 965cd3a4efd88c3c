// Turns a skeleton into handwriting: displaces its marks, draws a smooth path through them, then slants, rotates, bends
// and scales the path and varies its width. Lengths are in heights of the skeleton until fit() makes them pixels.
//
// Only + - * / sqrt and floor are used, in an order that the language fixes. They round identically on every machine
// (IEEE 754, no fused operations), so the images are the same everywhere.
#pragma once
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

#include <pipeline/random.hpp>

#include "digit_skeletons.hpp"

namespace digits {

/// Successive draws from one random stream.
class Dice {
 public:
  explicit Dice(const pipeline::Random& random) : random_(random) {}
  double between(double low, double high) { return low + (high - low) * random_.uniform(next_++); }
  /// Nearly normal, with mean 0 and standard deviation `sd`, never beyond 3.5 sd: the sum of four uniform numbers.
  double about(double sd) {
    double sum = 0;
    for (int i = 0; i < 4; ++i) sum += between(-1, 1);
    return sd * sum * 0.8660254037844386;  // the sum has variance 4/3
  }

 private:
  const pipeline::Random& random_;
  std::uint64_t next_ = 0;
};

/// A sine of period 1 approximated by two parabolas, within .06 of sin(2 pi t).
inline double wave(double t) {
  const double u = t - std::floor(t);
  return u < 0.5 ? 16 * u * (0.5 - u) : -16 * (u - 0.5) * (1 - u);
}

struct Point {
  double x, y;
};
using Stroke = std::vector<Point>;

/// A point of the path, and the radius of the ink around it.
struct Dot {
  double x, y, radius;
};
using Path = std::vector<Dot>;
using Paths = std::vector<Path>;  // one per stroke

/// Picks one of the ways to write a digit, with probability proportional to its share.
inline const Skeleton& pick(const std::vector<Skeleton>& ways, Dice& dice) {
  double total = 0;
  for (const Skeleton& way : ways) total += way.share;
  double left = dice.between(0, total);
  for (const Skeleton& way : ways)
    if ((left -= way.share) < 0) return way;
  return ways.back();
}

/// Moves every mark a little, and the ends of a stroke further, where handwriting varies most. Corners stay corners.
inline Stroke stray(const std::vector<Mark>& marks, double sd, Dice& dice) {
  Stroke stroke;
  for (std::size_t i = 0; i < marks.size(); ++i) {
    const bool end = i == 0 || i + 1 == marks.size(), corner = i > 0 && marks[i] == marks[i - 1];
    const double reach = end ? 1.5 * sd : sd;
    const Point step{dice.about(reach), dice.about(reach)};
    stroke.push_back(corner ? stroke.back() : Point{marks[i].x / 100.0 + step.x, marks[i].y / 100.0 + step.y});
  }
  return stroke;
}

/// A smooth path through the points of a stroke (Catmull-Rom), in straight pieces short enough to look round.
inline Path smooth(const Stroke& p) {
  constexpr int pieces = 5;
  const auto same = [](Point a, Point b) { return a.x == b.x && a.y == b.y; };
  const auto tangent = [&](std::size_t i, double Point::*at) {  // one-sided at ends and corners
    const std::size_t before = i > 0 ? i - 1 : i, after = i + 1 < p.size() ? i + 1 : i;
    const bool one_sided = same(p[before], p[i]) || same(p[after], p[i]);
    return (p[after].*at - p[before].*at) * (one_sided ? 1.0 : 0.5);
  };
  Path path{{p[0].x, p[0].y, 0}};
  for (std::size_t i = 0; i + 1 < p.size(); ++i) {
    if (same(p[i], p[i + 1])) continue;
    for (int k = 1; k <= pieces; ++k) {
      const double t = static_cast<double>(k) / pieces;
      const auto hermite = [&](double Point::*at) {
        const double rest = 1 - t;
        return rest * rest * ((1 + 2 * t) * (p[i].*at) + t * tangent(i, at)) +
               t * t * ((3 - 2 * t) * (p[i + 1].*at) - rest * tangent(i + 1, at));
      };
      path.push_back({hermite(&Point::x), hermite(&Point::y), 0});
    }
  }
  return path;
}

/// Width, slant, rotation, and elastic bending by three slow waves, all applied to the digit as a whole.
inline void distort(Paths& paths, double stray, Dice& dice) {
  const double width = 0.8 * (1 + dice.about(0.15));    // skeletons are square, digits are narrower
  const double slant = 0.12 + dice.about(0.2 * stray);  // most handwriting leans to the right
  const double half = dice.about(0.05 * stray);         // tangent of half the angle
  const double cosine = (1 - half * half) / (1 + half * half), sine = 2 * half / (1 + half * half);
  struct Wave {
    double along_x, along_y, phase, push_x, push_y;
  };
  std::array<Wave, 3> waves;
  for (Wave& w : waves)
    w = {dice.between(-0.8, 0.8), dice.between(-0.8, 0.8), dice.between(0, 1), dice.about(0.04 * stray),
         dice.about(0.04 * stray)};
  for (Path& path : paths)
    for (Dot& dot : path) {
      double x = dot.x - 0.5, y = dot.y - 0.5;
      for (const Wave& w : waves) {
        const double push = wave(w.along_x * dot.x + w.along_y * dot.y + w.phase);
        x += w.push_x * push;
        y += w.push_y * push;
      }
      x = width * x - slant * y;
      dot.x = cosine * x - sine * y;
      dot.y = sine * x + cosine * y;
    }
}

/// Sets the radius of every dot: a pen of one width, pressed with varying force.
inline void press(Paths& paths, double radius, Dice& dice) {
  for (Path& path : paths) {
    const double depth = dice.between(0, 0.25), phase = dice.between(0, 1), pace = dice.between(0.02, 0.06);
    for (std::size_t i = 0; i < path.size(); ++i)
      path[i].radius = radius * (1 + depth * wave(phase + pace * static_cast<double>(i)));
  }
}

/// The centre of mass of the ink, as if the pen had the same width everywhere.
inline Point centre_of_mass(const Paths& paths) {
  double mass = 0, x = 0, y = 0;
  for (const Path& path : paths)
    for (std::size_t i = 1; i < path.size(); ++i) {
      const Dot &a = path[i - 1], &b = path[i];
      const double length = std::sqrt((b.x - a.x) * (b.x - a.x) + (b.y - a.y) * (b.y - a.y));
      mass += length;
      x += length * (a.x + b.x) / 2;
      y += length * (a.y + b.y) / 2;
    }
  return {x / mass, y / mass};
}

/// Scales the digit until the longer side of its box is `size`, and moves its centre of mass to `middle`.
inline void fit(Paths& paths, double size, Point middle) {
  double left = 1e9, right = -1e9, top = 1e9, bottom = -1e9;
  for (const Path& path : paths)
    for (const Dot& dot : path) {
      left = std::min(left, dot.x);
      right = std::max(right, dot.x);
      top = std::min(top, dot.y);
      bottom = std::max(bottom, dot.y);
    }
  const double scale = size / std::max(right - left, bottom - top);
  const Point centre = centre_of_mass(paths);
  for (Path& path : paths)
    for (Dot& dot : path) {
      dot.x = middle.x + scale * (dot.x - centre.x);
      dot.y = middle.y + scale * (dot.y - centre.y);
    }
}

}  // namespace digits
