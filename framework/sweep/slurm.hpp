// Runs the jobs of a sweep as a Slurm job array: each task of the array runs a part of them.
#pragma once
#include <string>
#include <vector>

#include "sweep/estimate.hpp"

namespace pipeline::sweep {

struct SlurmOptions {
  std::string program;              // the pipeline program
  std::size_t cores = 1;            // per task
  std::vector<std::string> words;   // options for every run
  std::vector<std::string> sbatch;  // further options of sbatch: --time=2:00:00
};

/// How many tasks: each has at least ten minutes of work, and there are at most 1000, Slurm's default limit.
std::size_t tasks_for(const Estimate& estimate, std::size_t cores);

/// Whether a script can name the sweep's folder: sbatch reads its options from lines, with paths in quotes.
bool script_can_name(const std::filesystem::path& folder);

/// The script of the array, for a folder that it can name. Slurm sends USR1 two minutes before the time limit, and a
/// task that then ends with exit code 75 puts itself back into the queue, at most 20 times; one that was cancelled
/// (TERM) does not.
std::string script_of(const Plan& plan, std::size_t tasks, const SlurmOptions& options);

/// The jobs of part k of n, from 1: those at every n-th place in the order of their names.
std::vector<std::size_t> part_of(const Plan& plan, std::size_t k, std::size_t n);

/// Writes the script into the sweep's folder and submits it. Returns the number of the array job. Throws
/// std::runtime_error with what sbatch says.
std::string submit(const Plan& plan, const std::string& script);

}  // namespace pipeline::sweep
