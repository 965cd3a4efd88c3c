// The training step during which a hook is called.
#pragma once
#include <cstdint>

#include <pipeline/random.hpp>

namespace pipeline {

/// Its number (0 is the first), its learning rate as the schedule gives it, and this plugin's random numbers for it.
struct Step {
  std::uint64_t number = 0;
  float learning_rate = 0;
  Random random;
  /// The share of its strength that the entry has at this step (`<entry>.strength_schedule`, which entries with a penalty
  /// take). The engine multiplies penalties by it; an update that replaces the entry's penalty, such as the proximal form
  /// of l1, multiplies its strength by it itself.
  float strength = 1;
};

}  // namespace pipeline
