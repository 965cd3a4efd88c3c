#include "running/checkpointing.hpp"

#include <cmath>

namespace pipeline::running {

std::string Checkpointing::write(const results::RunFolder& folder, const results::Checkpoint& checkpoint,
                                 Clock::time_point began) {
  const std::size_t bytes = results::Checkpoints(folder.checkpoints()).write(checkpoint);
  const double took = std::chrono::duration<double>(Clock::now() - began).count();
  const bool first_long = took > kNotice && longest_ <= kNotice;
  longest_ = std::max(longest_, took);
  ++count_;
  if (!first_long) return "";
  return "writing a checkpoint of " + std::to_string(bytes >> 20) + " MB took " +
         std::to_string(static_cast<int>(std::round(took))) +
         " s; batch systems often give a process 30 s between a signal and its end"
         "\n  let it send its signal earlier (sbatch --signal=B:USR1@300), or keep the run on a faster disk";
}

}  // namespace pipeline::running
