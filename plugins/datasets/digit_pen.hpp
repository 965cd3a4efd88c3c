// Draws one handwritten digit: skeleton -> strayed -> slanted, turned, bent -> fitted into the box -> inked.
//
// Only + - * / sqrt and floor are used, which round alike on every machine, so that the bytes are the same
// everywhere. Lengths up to the fitting are in heights of the skeleton, from there on in pixels.
#pragma once
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include <pipeline/random.hpp>

#include "digit_skeletons.hpp"

namespace digits {

inline constexpr int side = 28;    // pixels, as in MNIST
inline constexpr double box = 20;  // the longer side of the ink, as in MNIST

/// Draws from one stream, one after another.
class Dice {
 public:
  explicit Dice(const pipeline::Random& random) : random_(random) {}
  double between(double low, double high) { return low + (high - low) * random_.uniform(next_++); }
  /// Near normal, mean 0, variance 1, never beyond 3.5: the sum of four uniform numbers.
  double about(double sd) {
    const double sum = between(-1, 1) + between(-1, 1) + between(-1, 1) + between(-1, 1);
    return sd * sum * 0.8660254037844386;  // the sum has variance 4/3
  }

 private:
  const pipeline::Random& random_;
  std::uint64_t next_ = 0;
};

/// A sine of period 1 made of two parabolas, within .06 of sin(2 pi t).
inline double wave(double t) {
  const double u = t - std::floor(t);
  return u < 0.5 ? 16 * u * (0.5 - u) : -16 * (u - 0.5) * (1 - u);
}

/// A point of the path, and how far the ink reaches around it.
struct Dot {
  double x, y, radius;
};
using Path = std::vector<Dot>;
using Paths = std::vector<Path>;  // one a stroke

/// Picks one of the ways to write a digit, each as often as its share.
inline const Skeleton& pick(const std::vector<Skeleton>& ways, Dice& dice) {
  double total = 0;
  for (const Skeleton& way : ways) total += way.share;
  double left = dice.between(0, total);
  for (const Skeleton& way : ways)
    if ((left -= way.share) < 0) return way;
  return ways.back();
}

/// Moves every point a little, the ends of a stroke further: they are where hands differ most. Corners stay
/// corners.
inline Stroke stray(const Stroke& stroke, double sd, Dice& dice) {
  Stroke moved = stroke;
  for (std::size_t i = 0; i < stroke.size(); ++i) {
    const double reach = i == 0 || i + 1 == stroke.size() ? 1.5 * sd : sd;
    const Point step{dice.about(reach), dice.about(reach)};
    const bool corner = i > 0 && stroke[i] == stroke[i - 1];
    moved[i] = corner ? moved[i - 1] : Point{stroke[i].x + step.x, stroke[i].y + step.y};
  }
  return moved;
}

/// A smooth path through the points of a stroke (Catmull-Rom), in straight pieces short enough to look round.
inline Path smooth(const Stroke& p) {
  constexpr int pieces = 5;
  const auto tangent = [&](std::size_t i, double Point::*at) {  // one-sided at ends and corners
    const std::size_t before = i > 0 ? i - 1 : i, after = i + 1 < p.size() ? i + 1 : i;
    const bool one_sided = p[before] == p[i] || p[after] == p[i];
    return (p[after].*at - p[before].*at) * (one_sided ? 1.0 : 0.5);
  };
  Path path{{p[0].x, p[0].y, 0}};
  for (std::size_t i = 0; i + 1 < p.size(); ++i) {
    if (p[i] == p[i + 1]) continue;
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

/// Slant, turn, width, and elastic bending by three slow waves: what one hand does to all of its digit.
inline void distort(Paths& paths, double stray, Dice& dice) {
  const double width = 0.72 * (1 + dice.about(0.13));   // digits are higher than wide
  const double slant = 0.12 + dice.about(0.2 * stray);  // most people lean to the right
  const double half = dice.about(0.05 * stray);         // tangent of half the angle
  const double cosine = (1 - half * half) / (1 + half * half), sine = 2 * half / (1 + half * half);
  struct Wave {
    double along_x, along_y, phase, push_x, push_y;
  };
  std::array<Wave, 3> waves;
  for (Wave& w : waves)
    w = {dice.between(-1.1, 1.1), dice.between(-1.1, 1.1), dice.between(0, 1), dice.about(0.03 * stray),
         dice.about(0.03 * stray)};
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

/// Gives every dot its radius: a pen of one width, pressed now more, now less.
inline void press(Paths& paths, double radius, Dice& dice) {
  for (Path& path : paths) {
    const double depth = dice.between(0, 0.25), phase = dice.between(0, 1), pace = dice.between(0.02, 0.06);
    for (std::size_t i = 0; i < path.size(); ++i)
      path[i].radius = radius * (1 + depth * wave(phase + pace * static_cast<double>(i)));
  }
}

/// Scales the digit until the longer side of its ink is `size`, and puts its centre of mass at (x, y).
inline void fit(Paths& paths, double size, double radius, double at_x, double at_y) {
  double left = 1e9, right = -1e9, top = 1e9, bottom = -1e9, mass = 0, mass_x = 0, mass_y = 0;
  for (const Path& path : paths)
    for (std::size_t i = 0; i < path.size(); ++i) {
      const Dot& d = path[i];
      left = std::min(left, d.x), right = std::max(right, d.x), top = std::min(top, d.y),
      bottom = std::max(bottom, d.y);
      if (i == 0) continue;
      const Dot& c = path[i - 1];
      const double length = std::sqrt((d.x - c.x) * (d.x - c.x) + (d.y - c.y) * (d.y - c.y));
      mass += length;
      mass_x += length * (c.x + d.x) / 2;
      mass_y += length * (c.y + d.y) / 2;
    }
  const double scale = (size - 2 * radius) / std::max(right - left, bottom - top);
  for (Path& path : paths)
    for (Dot& d : path) {
      d.x = at_x + scale * (d.x - mass_x / mass);
      d.y = at_y + scale * (d.y - mass_y / mass);
    }
}

using Ink = std::array<float, side * side>;  // row by row; 0 paper, 1 ink

/// Inks one straight piece: full where the pen's disc covers a pixel's centre by half a pixel, fading over
/// one pixel.
inline void ink_piece(Ink& ink, const Dot& a, const Dot& b) {
  const double reach = std::max(a.radius, b.radius) + 0.5;
  const auto first = [&](double p, double q) {
    return std::max(0, static_cast<int>(std::floor(std::min(p, q) - reach)));
  };
  const auto last = [&](double p, double q) {
    return std::min(side - 1, static_cast<int>(std::floor(std::max(p, q) + reach)) + 1);
  };
  const float dx = static_cast<float>(b.x - a.x), dy = static_cast<float>(b.y - a.y);
  const float squared = dx * dx + dy * dy, inverse = squared > 0 ? 1 / squared : 0;
  const float ra = static_cast<float>(a.radius), dr = static_cast<float>(b.radius - a.radius);
  for (int row = first(a.y, b.y); row <= last(a.y, b.y); ++row) {
    const float y = static_cast<float>(row - a.y);
    float* line = ink.data() + row * side;
    for (int column = first(a.x, b.x), end = last(a.x, b.x); column <= end; ++column) {
      const float x = static_cast<float>(column) - static_cast<float>(a.x);
      const float t = std::clamp((x * dx + y * dy) * inverse, 0.0f, 1.0f);  // the nearest point of the piece
      const float ex = x - t * dx, ey = y - t * dy;
      const float cover = ra + t * dr + 0.5f - std::sqrt(ex * ex + ey * ey);
      line[column] = std::max(line[column], std::min(cover, 1.0f));
    }
  }
}

/// Spreads every pixel over its neighbours in a row and in a column: share, 1 - 2 share, share.
inline void blur(Ink& ink, float share) {
  for (const int step : {1, side}) {
    Ink old = ink;
    for (int i = side; i < side * (side - 1); ++i)  // the outermost pixels hold no ink worth spreading
      ink[i] = old[i] + share * (old[i - step] - 2 * old[i] + old[i + step]);
  }
}

/// One image, row by row: a function of the digit, the stream and how far hands stray.
inline void draw(int digit, double sloppiness, const pipeline::Random& random, std::uint8_t* image) {
  Dice dice(random);
  // Most hands are steady; a few scrawl, and those images are the hard ones.
  const double scrawl = dice.between(0, 1), stray_by = sloppiness * (0.7 + 1.3 * scrawl * scrawl * scrawl);
  Paths paths;
  for (const Stroke& stroke : pick(skeletons[digit], dice).strokes)
    paths.push_back(smooth(stray(stroke, 0.035 * stray_by, dice)));
  distort(paths, stray_by, dice);

  const double radius = dice.between(0.8, 1.8), size = box * dice.between(0.9, 1.02),
               middle = (side - 1) / 2.0;
  press(paths, radius, dice);
  fit(paths, size, radius, middle + dice.about(0.4 * sloppiness), middle + dice.about(0.4 * sloppiness));

  Ink ink{};
  for (const Path& path : paths)
    for (std::size_t i = 1; i < path.size(); ++i) ink_piece(ink, path[i - 1], path[i]);
  blur(ink, static_cast<float>(dice.between(0.02, 0.14)));
  const float level = static_cast<float>(dice.between(0.9, 1.25));  // above 1 the middle of a stroke is full
  for (int i = 0; i < side * side; ++i)
    image[i] = static_cast<std::uint8_t>(255 * std::clamp(level * ink[i], 0.0f, 1.0f) + 0.5f);
}

}  // namespace digits
