// What a sweep will cost.
#pragma once
#include "sweep/pool.hpp"

namespace pipeline::sweep {

struct EstimateOptions {
  data::FetchOptions fetch;
  bool lean = false;  // no reports
};

/// Of the jobs that are to be run.
struct Estimate {
  double core_seconds = 0, longest_job = 0;  // seconds on one core
  double bytes = 0;
  std::size_t files = 0;
  std::size_t jobs = 0;
  /// The time on so many cores.
  double seconds_on(std::size_t cores) const;
};

/// Times a few steps and measurements of up to 8 different jobs; jobs that differ in their seed only take the same time.
/// Bytes and files are those of a finished job, if there is one.
Estimate estimate(const Plan& plan, const States& states, const std::vector<std::size_t>& jobs,
                  plugins::Catalogue& catalogue, const EstimateOptions& options);

}  // namespace pipeline::sweep
