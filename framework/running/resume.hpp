// Finds the run to continue, and judges whether it can be: the state lies in the run's own files, and a lock on its
// metrics.csv makes sure that one process continues it.
#pragma once
#include <optional>
#include <stdexcept>

#include "base/append_file.hpp"
#include "results/checkpoint.hpp"
#include "results/run_folder.hpp"
#include "running/run.hpp"

namespace pipeline::running {

/// A run, opened to be continued.
struct Resumption {
  results::RunFolder folder;
  base::AppendFile metrics;                       // holds the lock; cut to the length that the checkpoint states
  std::optional<results::Checkpoint> checkpoint;  // none if the run was ended before it wrote one or any row
  std::filesystem::path checkpoint_file;          // of that one
  std::vector<experiment::Difference> changed;    // since the checkpoint
  bool finished = false;                          // at fewer steps: the rest is a new run, and this one stays as it is
  bool nothing_to_do = false;                     // finished, with as many steps
  bool has_final_reports = false;                 // finished, and they are written
  std::size_t failed_models = 0;                  // of a finished run
  std::vector<std::string> warnings;
};

/// The run that options.resume asks for, `configuration` being the hash in run.json; nothing where a new one is to be
/// started, because there is no unfinished run. Throws ResumeRefused.
std::optional<Resumption> find_run_to_resume(const experiment::Pipeline& pipeline, const experiment::Identity& now,
                                             const std::string& configuration, const RunOptions& options);

/// The advice that ends a refusal: how to start a new run instead.
std::string how_to_start_anew(const RunOptions& options);

/// The identity of a configuration, and what else the bits depend on: the version of the program, its kernels, libm.
experiment::Identity with_machine(experiment::Identity identity, const experiment::Pipeline& pipeline);

}  // namespace pipeline::running
