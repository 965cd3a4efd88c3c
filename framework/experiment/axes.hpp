// The axes of a sweep: which keys vary, over which values, and the points that follow.
//
//   [sweep]
//   pipeline.seed = {1..10}                          whole numbers, both ends included; {1..10..3} is 1, 4, 7, 10
//   training.learning_rate = {0.05, 0.1, 0.2}        a list; an item with a comma is quoted: {"784, 10", "784, 50, 10"}
//   model:l2.l2.lambda = {1e-6..1e-2 log 5}          5 numbers, equal factors apart; `linear 5`: equal distances apart
//   model:d.dropout.keep_prob = {0.2..1 random}      drawn: `draws` points, `log random` for equal chances per factor
//   model:e.early_stopping.patience = {2..50 whole random}     whole numbers; `whole log 5` rounds to them
//   zip = training.learning_rate + training.steps    these vary together: the first value of one with that of the other
//   draws = 20
//   draw_seed = 1
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "config/tree.hpp"

namespace pipeline::experiment {

/// One key that varies.
struct Axis {
  std::string key;  // "model:l2.l2.lambda"
  std::vector<std::string> values;
  base::Word word;  // its key, as written
  bool is_random = false;
};

struct Axes {
  std::vector<Axis> all;                             // in the order of the text
  std::vector<std::vector<std::size_t>> together{};  // every axis once: those of one group vary together
};

/// A value for each axis, in their order.
using Point = std::vector<std::string>;

inline constexpr std::size_t most_points = 100'000;

/// The axes of a tree's [sweep] section; none without it. Complains about everything that is no axis.
Axes read_axes(const config::Tree& tree, config::Complaints& complaints);

/// Every combination of the groups, the last one varying fastest.
std::vector<Point> points(const Axes& axes);

/// The overrides that set a point: "training.learning_rate=0.1".
std::vector<std::string> overrides_of(const Axes& axes, const Point& point);

/// A value as an item of a list in braces, in quotes where it needs them.
std::string list_item(const std::string& value);

/// "training.learning_rate = 0.1, pipeline.seed = 3"
std::string text_of(const Axes& axes, const Point& point);

}  // namespace pipeline::experiment
