// The jobs of a sweep: one run of the pipeline for each point of its axes.
#pragma once
#include <atomic>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "data/files.hpp"
#include "experiment/axes.hpp"
#include "experiment/pipeline.hpp"

namespace pipeline::sweep {

/// One run of a sweep.
struct Job {
  std::string name;  // the hash of its resolved configuration, data and plugins; names its folder
  experiment::Point point;
};

struct Plan {
  std::string pipeline;  // the pipeline's name
  std::filesystem::path folder;
  std::string ini;  // sweep.ini: the pipeline in one piece, with its [sweep] section
  experiment::Axes axes;
  std::vector<Job> jobs;
  std::filesystem::path file;
  config::Source source;  // of which every job's pipeline is a variant

  std::filesystem::path sweep_ini() const { return folder / "sweep.ini"; }
  std::filesystem::path jobs_csv() const { return folder / "jobs.csv"; }
  std::filesystem::path table_csv() const { return folder / "table.csv"; }
  std::filesystem::path run_of(const Job& job) const { return folder / "runs" / job.name; }
};

struct PlanOptions {
  std::filesystem::path out;  // the sweep's folder; empty: sweeps/<name>/<hash> below the working directory
  std::size_t threads = 1;    // to load data with
  data::FetchOptions fetch;
  std::function<void(const std::string&)> warn = [](const std::string&) {};
  const std::atomic<int>* stop_signal = nullptr;  // if not 0, planning ends with Stopped
};

/// A signal came while the sweep was planned.
struct Stopped {};

/// Reads the pipeline once and checks it at every point; loads the data of each different [dataset], because the names
/// of jobs depend on it. The folder's hash covers all that does not vary and the keys of the axes, but not their values:
/// a sweep may grow. Throws what experiment::read_pipeline and running::load_for_run throw; a complaint about one
/// point names it.
Plan make_plan(const std::filesystem::path& file, const std::vector<std::string>& overrides,
               plugins::Catalogue& catalogue, const PlanOptions& options);

/// The pipeline of one job.
experiment::Pipeline pipeline_of(const Plan& plan, const Job& job, plugins::Catalogue& catalogue);

}  // namespace pipeline::sweep
