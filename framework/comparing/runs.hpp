// The runs that are compared: read from folders, and sorted into groups that differ in their seed only.
#pragma once
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <pipeline/series.hpp>
#include <string>
#include <vector>

namespace pipeline::comparing {

struct ComparedRun {
  std::unique_ptr<RunResults> results;
  Series series;                                // of its rows
  std::map<std::string, std::string> settings;  // of resolved.ini, by "training.steps"
  std::vector<std::string> axes;                // of its sweep; none of a run of its own
  std::string made_by;                          // program and machine
};
using ComparedRuns = std::vector<const ComparedRun*>;

/// The runs in a folder: of a run, itself; of a sweep, the jobs of jobs.csv that have ended, each with its values of the
/// axes as settings. If the whole run failed, all of its models have. `warn` tells of damaged runs of a sweep, which are
/// left out, of jobs that failed without results, and of jobs that have not ended. Throws std::runtime_error if the
/// folder is neither, or if a run that was named is damaged or has not ended.
std::vector<ComparedRun> read_runs(const std::filesystem::path& folder,
                                   const std::function<void(const std::string&)>& warn);

/// How many jobs of a sweep failed and left no run that could be compared.
std::size_t failed_without_results(const std::filesystem::path& sweep);

/// A warning where the runs were made by different programs or kinds of machines, whose last digits differ; else "".
std::string made_differently(const std::vector<ComparedRun>& runs);

inline constexpr const char* kSeed = "pipeline.seed";

/// The settings in which runs differ, each with the value of every run ("" where it is not set). Left out are paths,
/// reports and what changes no number. Runs of one sweep differ in its axes; what follows from these is left out.
std::map<std::string, std::vector<std::string>> differing_settings(const std::vector<ComparedRun>& runs);

/// Runs that differ in their seed only.
struct Group {
  std::vector<std::pair<std::string, std::string>> settings;  // what distinguishes it from the other groups
  ComparedRuns runs;                                          // by seed
  std::vector<std::string> seeds;
};

/// Throws std::runtime_error where two runs of a group have the same seed.
std::vector<Group> groups_of(const std::vector<ComparedRun>& runs);

}  // namespace pipeline::comparing
