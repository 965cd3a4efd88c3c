// When checkpoints are written: by wall time, by steps, or both.
#pragma once
#include <chrono>
#include <cstdint>
#include <string>

#include "experiment/pipeline.hpp"
#include "results/checkpoint.hpp"
#include "results/run_folder.hpp"

namespace pipeline::running {

/// Batch systems commonly give a process this long between a signal and its end.
inline constexpr double kNotice = 30;  // seconds

class Checkpointing {
 public:
  using Clock = std::chrono::steady_clock;  // not affected by changes of the time of day

  explicit Checkpointing(const experiment::CheckpointInterval& every) : every_(every) {}
  bool is_on() const { return every_.steps || every_.seconds > 0; }
  /// Whether one is due once all models have reached this step.
  bool is_due(std::uint64_t step) const {
    const double since = std::chrono::duration<double>(Clock::now() - written_).count();
    return is_on() && ((every_.seconds > 0 && since >= every_.seconds) ||
                       (every_.steps && step / every_.steps > step_ / every_.steps));
  }
  void continues_at(std::uint64_t step) { step_ = step; }
  /// Called whether it succeeds or fails: the next one is due an interval later.
  void attempted(Clock::time_point began, std::uint64_t step) { written_ = began, step_ = step; }
  /// Writes one, and returns a warning if that took longer than the notice; once. `began` is when the run started to
  /// prepare for it. Throws std::runtime_error.
  std::string write(const results::RunFolder& folder, const results::Checkpoint& checkpoint, Clock::time_point began);

  double longest_seconds() const { return longest_; }
  std::size_t count() const { return count_; }

 private:
  experiment::CheckpointInterval every_;
  Clock::time_point written_ = Clock::now();
  std::uint64_t step_ = 0;
  double longest_ = 0;
  std::size_t count_ = 0;
};

}  // namespace pipeline::running
