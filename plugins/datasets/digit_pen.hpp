// Draws handwritten paths on 28 x 28 pixels; draw() makes one complete image.
#pragma once
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include <pipeline/random.hpp>

#include "digit_hand.hpp"
#include "digit_skeletons.hpp"

namespace digits {

inline constexpr int side = 28;    // pixels, as in MNIST
inline constexpr double box = 20;  // longer side of the ink's bounding box in pixels, as in MNIST

using Ink = std::array<float, side * side>;  // row by row; 0 paper, 1 ink

/// Inks one straight piece, antialiased: 1 up to half a pixel inside the pen's edge, 0 from half a pixel outside it.
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
      const float t = std::clamp((x * dx + y * dy) * inverse, 0.0f, 1.0f);  // nearest point of the piece
      const float ex = x - t * dx, ey = y - t * dy;
      const float cover = ra + t * dr + 0.5f - std::sqrt(ex * ex + ey * ey);
      line[column] = std::max(line[column], std::min(cover, 1.0f));
    }
  }
}

/// Spreads ink to the neighbours within the row, then within the column. Border pixels are left unchanged.
inline void blur(Ink& ink, float share) {
  for (const int step : {1, side}) {
    const Ink old = ink;
    for (int row = 1; row < side - 1; ++row)
      for (int column = 1; column < side - 1; ++column) {
        const int i = row * side + column;
        ink[i] = old[i] + share * (old[i - step] - 2 * old[i] + old[i + step]);
      }
  }
}

/// Turns ink into bytes. A high level saturates the middle of strokes; ink fainter than the grain is lost. So about a
/// fifth of the pixels are lit, as in MNIST.
inline void scan(const Ink& ink, float level, std::uint8_t* image) {
  constexpr float grain = 0.1f;
  for (int i = 0; i < side * side; ++i)
    // NOLINTNEXTLINE(bugprone-incorrect-roundings): lround() could change a byte, and with it every result
    image[i] = static_cast<std::uint8_t>(255 * std::clamp(level * ink[i] - grain, 0.0f, 1.0f) + 0.5f);
}

/// One image, row by row: a function of the digit, the sloppiness and the random stream.
inline void draw(int digit, double sloppiness, const pipeline::Random& random, std::uint8_t* image) {
  Dice dice(random);
  // Most images are steady; a few are scrawled, and those are the hard ones.
  const double scrawl = dice.between(0, 1);
  const double stray_by = sloppiness * (0.65 + 1.05 * scrawl * scrawl * scrawl);
  Paths paths;
  for (const auto& marks : pick(skeletons[digit], dice).strokes)
    paths.push_back(smooth(stray(marks, 0.03 * stray_by, dice)));
  distort(paths, stray_by, dice);

  const double radius = dice.between(0.75, 1.9);  // from ballpoint to felt tip
  const double size = box * dice.between(0.9, 1.02) - 2 * radius;
  const double off_x = dice.about(0.4 * sloppiness), off_y = dice.about(0.4 * sloppiness);
  press(paths, radius, dice);
  fit(paths, size, {(side - 1) / 2.0 + off_x, (side - 1) / 2.0 + off_y});

  Ink ink{};
  for (const Path& path : paths)
    for (std::size_t i = 1; i < path.size(); ++i) ink_piece(ink, path[i - 1], path[i]);
  blur(ink, static_cast<float>(dice.between(0, 0.08)));
  scan(ink, static_cast<float>(dice.between(1, 1.4)), image);
}

}  // namespace digits
