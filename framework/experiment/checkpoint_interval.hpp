// [pipeline] checkpoint: how often the state of a run is written.
#pragma once
#include <cstdint>
#include <optional>
#include <string>

namespace pipeline::experiment {

/// 0 for both: never.
struct CheckpointInterval {
  double seconds = 0;
  std::uint64_t steps = 0;
  bool operator==(const CheckpointInterval&) const = default;
};

/// "10 min", "90 s", "2 h", "500 steps", both kinds as "10 min, 500 steps", or "0"; nothing for any other text.
std::optional<CheckpointInterval> checkpoint_interval(const std::string& text);

}  // namespace pipeline::experiment
