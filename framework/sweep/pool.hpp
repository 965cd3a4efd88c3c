// Runs the missing jobs of a sweep on one machine: a pool of child processes, one `pipeline run` for each job.
#pragma once
#include <atomic>
#include <string>
#include <vector>

#include "sweep/job_state.hpp"

namespace pipeline::sweep {

struct PoolOptions {
  std::string program;                            // the pipeline program
  std::size_t cores = 1;                          // divided between the jobs
  std::vector<std::string> words;                 // options for every run: --offline, --lean
  bool fail_fast = false;                         // the first failed job stops the others
  const std::atomic<int>* stop_signal = nullptr;  // if not 0, every run is asked to write a checkpoint and end
};

/// A job that has ended in this pool.
struct Ended {
  const Job* job;
  State state;
  std::string why;  // not done: the run's last words
  double seconds;
};

struct SweepProgress {
  std::size_t jobs = 0, done = 0, failed = 0, running = 0;
  double share = 0;          // of all jobs' work
  double seconds_left = -1;  // negative: not known yet
};

/// Receives what happens. All calls come from the thread that called run_jobs().
class PoolObserver {
 public:
  virtual ~PoolObserver() = default;
  virtual void ended(const Ended&) {}
  virtual void progress(const SweepProgress&) {}
  /// An unfinished run could not be continued, and was put aside; the job starts over.
  virtual void started_over(const Job&, const std::string& /*why*/, const std::filesystem::path& /*aside*/) {}
};

/// The state of each job, in the order of the plan.
using States = std::vector<JobState>;
States states_of(const Plan& plan);

/// The places of the jobs that are to be run: those that are missing and, with `retry_failed`, those that failed.
std::vector<std::size_t> jobs_to_run(const States& states, bool retry_failed);

/// How many jobs run at once, and with how many threads each: as many as there are cores, and never more than jobs.
struct Division {
  std::size_t at_once = 1, threads = 1;
};
Division divide(std::size_t cores, std::size_t jobs);

/// Runs these jobs of the plan; unfinished runs are continued. A run that another process is writing is waited for. Returns the
/// states afterwards. Throws std::system_error if the program cannot be started.
States run_jobs(const Plan& plan, const std::vector<std::size_t>& jobs, const PoolOptions& options,
                PoolObserver& observer);

/// The words of the command that runs a job: "run FOLDER/sweep.ini pipeline.seed=3 --out FOLDER/runs/JOB ...".
std::vector<std::string> command_of(const Plan& plan, const Job& job, std::size_t threads,
                                    const std::vector<std::string>& words);

}  // namespace pipeline::sweep
