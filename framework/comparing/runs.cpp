#include "comparing/runs.hpp"

#include <algorithm>
#include <limits>
#include <set>
#include <stdexcept>

#include "base/csv.hpp"
#include "base/names.hpp"
#include "base/numbers.hpp"
#include "base/shell.hpp"
#include "base/utf8.hpp"
#include "results/run_folder.hpp"
#include "results/run_json.hpp"
#include "results/run_results.hpp"

namespace pipeline::comparing {
namespace fs = std::filesystem;

namespace {

/// What changes no number, or is a path of the machine.
bool is_left_out(const std::string& section, const std::string& key, const std::string& value) {
  if (section.starts_with("report:")) return true;
  if (section == "pipeline") return key != "seed";
  return value.starts_with('/');
}

bool has_ended(const std::string& status) { return status.starts_with("finished") || status == "failed"; }

std::string status_of(const fs::path& run) { return results::read_run_json(results::RunFolder{run}.run_json()).status; }

/// By the run's own run.json: jobs.csv may be older.
bool has_results(const fs::path& run) {
  std::error_code none;
  return fs::exists(results::RunFolder{run}.run_json(), none) && has_ended(status_of(run));
}

/// A job is named by its configuration. A name with / could lead to a folder outside the sweep.
fs::path run_of(const fs::path& sweep, const base::CsvRecord& job) {
  if (!base::is_name(job.fields.front()))
    throw std::runtime_error((sweep / "jobs.csv").string() + ":" + std::to_string(job.line) + ": " +
                             base::quoted(job.fields.front()) + " is not the name of a job");
  return sweep / "runs" / job.fields.front();
}

ComparedRun read_run(const fs::path& folder) {
  const results::RunInfo info = results::read_run_json(results::RunFolder{folder}.run_json());
  if (!has_ended(info.status))
    throw std::runtime_error(folder.string() + " has not ended (" + info.status +
                             "): its values are not those of its last step"
                             "\n  if no process is writing it, continue it: pipeline run FILE --resume --out " +
                             base::shell_word(folder.string()));
  std::unique_ptr<RunResults> results = results::open_run(folder);
  if (info.status == "failed")
    for (const std::string& model : results->models) results->failures.emplace(model, "the run failed");
  Series series(*results, std::numeric_limits<std::uint64_t>::max());
  ComparedRun run{std::move(results), std::move(series), {}, {}, info.made_by};
  for (const PipelineSection& section : run.results->resolved())
    for (const auto& [key, value] : section.settings)
      if (!is_left_out(section.name, key, value)) run.settings[section.name + "." + key] = value;
  return run;
}

/// "\n  did you mean sweeps/quickstart/..." where runs or sweeps lie up to two levels below.
std::string folders_below(const fs::path& folder) {
  std::string text;
  std::size_t found = 0;
  std::error_code none;
  for (auto at = fs::recursive_directory_iterator(folder, fs::directory_options::skip_permission_denied, none);
       at != fs::recursive_directory_iterator(); at.increment(none)) {
    if (none) break;
    if (at.depth() >= 1) at.disable_recursion_pending();
    if (!fs::exists(at->path() / "jobs.csv", none) && !fs::exists(results::RunFolder{at->path()}.metrics_csv(), none))
      continue;
    if (at->is_symlink(none)) continue;
    at.disable_recursion_pending();
    if (++found > 3) return text + ", ...";
    text += (text.empty() ? "\n  below it are " : ", ") + at->path().string();
  }
  return text;
}

/// Whole numbers in their order, before anything else.
bool seed_before(const std::string& a, const std::string& b) {
  const auto x = base::parse_whole(a), y = base::parse_whole(b);
  return x && y ? *x < *y : a < b;
}

}  // namespace

std::vector<ComparedRun> read_runs(const fs::path& folder, const std::function<void(const std::string&)>& warn) {
  std::error_code none;
  std::vector<ComparedRun> runs;
  if (fs::exists(results::RunFolder{folder}.metrics_csv(), none)) {
    runs.push_back(read_run(folder));
    return runs;
  }
  const fs::path jobs = folder / "jobs.csv";
  if (!fs::exists(jobs, none))
    throw std::runtime_error(folder.string() +
                             " is neither a run (it has no metrics.csv) nor a sweep (it has no jobs.csv)" +
                             folders_below(folder));
  const std::vector<base::CsvRecord> records = base::read_csv(jobs);
  std::size_t without_results = 0;
  for (std::size_t r = 1; r < records.size(); ++r) try {
      const std::vector<std::string>&axes = records.front().fields, &job = records[r].fields;
      const fs::path run = run_of(folder, records[r]);
      if (job.size() != axes.size() || !has_results(run)) {
        ++without_results;
        continue;
      }
      runs.push_back(read_run(run));
      for (std::size_t i = 1; i + 1 < axes.size(); ++i) {
        runs.back().settings.emplace(axes[i], job[i]);
        runs.back().axes.push_back(axes[i]);
      }
    } catch (const std::runtime_error& e) {
      warn("a run is left out: " + std::string(e.what()));
    }
  const std::size_t failed = failed_without_results(folder), not_ended = without_results - failed;
  const std::string of_all = " of " + std::to_string(records.size() - 1) + " jobs of " + folder.string();
  if (failed && !runs.empty())
    warn(std::to_string(failed) + of_all +
         " failed without results and are left out\n  to see why, run one by hand: pipeline run " +
         (folder / "sweep.ini").string() + " with its values in " + jobs.string());
  if (not_ended && !runs.empty())
    warn(std::to_string(not_ended) + of_all +
         " have not ended and are left out; to look before a sweep is complete needs --looks");
  return runs;
}

std::size_t failed_without_results(const fs::path& sweep) {
  const std::vector<base::CsvRecord> records = base::read_csv(sweep / "jobs.csv");
  return static_cast<std::size_t>(std::ranges::count_if(records, [&](const base::CsvRecord& job) {
    if (job.fields.back() != "failed") return false;
    try {
      return !has_results(run_of(sweep, job));
    } catch (const std::runtime_error&) {
      return false;  // damaged, which read_runs() tells
    }
  }));
}

std::string made_differently(const std::vector<ComparedRun>& runs) {
  std::set<std::string> all;
  for (const ComparedRun& run : runs) all.insert(run.made_by);
  if (all.size() < 2) return "";
  std::string text = "the runs were made by different programs or on different machines, so their last digits differ:";
  for (const std::string& each : all) text += "\n  " + each;
  return text;
}

std::map<std::string, std::vector<std::string>> differing_settings(const std::vector<ComparedRun>& runs) {
  std::set<std::string> keys;
  const auto folder_of = [](const ComparedRun& run) { return run.results->folder.parent_path(); };
  const bool of_one_sweep = std::ranges::all_of(runs, [&](const ComparedRun& run) {
    return !run.axes.empty() && run.axes == runs.front().axes && folder_of(run) == folder_of(runs.front());
  });
  for (const ComparedRun& run : runs)
    if (of_one_sweep)
      keys.insert(run.axes.begin(), run.axes.end());
    else
      for (const auto& [key, value] : run.settings) keys.insert(key);
  std::map<std::string, std::vector<std::string>> differing;
  for (const std::string& key : keys) {
    std::vector<std::string> values;
    for (const ComparedRun& run : runs) {
      const auto found = run.settings.find(key);
      values.push_back(found == run.settings.end() ? "" : found->second);
    }
    if (std::ranges::any_of(values, [&](const std::string& v) { return v != values.front(); }))
      differing[key] = std::move(values);
  }
  return differing;
}

std::vector<Group> groups_of(const std::vector<ComparedRun>& runs) {
  const auto differing = differing_settings(runs);
  std::vector<Group> groups;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    std::vector<std::pair<std::string, std::string>> settings;
    for (const auto& [key, values] : differing)
      if (key != kSeed) settings.emplace_back(key, values[i]);
    auto group = std::ranges::find(groups, settings, &Group::settings);
    if (group == groups.end()) group = groups.insert(groups.end(), Group{settings, {}, {}});
    const auto seed = runs[i].settings.find(kSeed);
    const std::string text = seed == runs[i].settings.end() ? "" : seed->second;
    const auto at = std::ranges::lower_bound(group->seeds, text, seed_before);
    const auto index = at - group->seeds.begin();
    if (at != group->seeds.end() && *at == text)
      throw std::runtime_error(group->runs[static_cast<std::size_t>(index)]->results->folder.string() + " and " +
                               runs[i].results->folder.string() +
                               " have the same settings and the same seed: they are one run, not two");
    group->seeds.insert(at, text);
    group->runs.insert(group->runs.begin() + index, &runs[i]);
  }
  return groups;
}

}  // namespace pipeline::comparing
