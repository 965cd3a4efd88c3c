#include "sweep/job_state.hpp"

#include <algorithm>
#include <set>

#include "base/append_file.hpp"
#include "base/file_error.hpp"
#include "config/reader.hpp"
#include "experiment/identity.hpp"
#include "results/run_folder.hpp"
#include "results/run_json.hpp"

namespace pipeline::sweep {
namespace fs = std::filesystem;

const char* name_of(State state) {
  return state == State::done ? "done" : state == State::failed ? "failed" : "missing";
}

namespace {

std::string failures_of(const results::RunInfo& run) {
  std::string text = run.failure;
  for (const auto& [model, why] : run.failures) text += (text.empty() ? "model " : "; model ") + model + ": " + why;
  return text;
}

/// Every setting of resolved.ini, by "training.steps"; nothing where it cannot be read.
std::map<std::string, std::string> settings_of(const fs::path& file) try {
  config::Complaints complaints;
  std::map<std::string, std::string> settings;
  for (const auto& [section, keys] : config::read_text(results::read_file(file), file.string(), complaints))
    for (const auto& [key, node] : keys) settings[section + "." + key] = node.data().value.text;
  return settings;
} catch (const std::exception&) {
  return {};
}

/// As settings_of() of its resolved.ini.
std::map<std::string, std::string> settings_of(const experiment::Pipeline& p) {
  std::map<std::string, std::string> settings;
  for (const config::ResolvedSection& section : p.resolved)
    for (const config::Setting& s : section.settings) settings[section.name + "." + s.key] = s.value;
  return settings;
}

/// The paths of resolved.ini may be those of another machine.
bool is_path(const std::string& value) { return value.starts_with('/'); }

std::vector<std::string> differences(const std::map<std::string, std::string>& before,
                                     const std::map<std::string, std::string>& now) {
  std::vector<std::string> text;
  for (const experiment::Difference& d : experiment::differences(experiment::Identity(before.begin(), before.end()),
                                                                 experiment::Identity(now.begin(), now.end())))
    if (!before.contains(d.name))
      text.push_back(d.name + " is new: " + d.now);
    else if (!now.contains(d.name))
      text.push_back(d.name + " was " + d.before + ", is not set now");
    else if (!is_path(d.before) || !is_path(d.now))
      text.push_back(d.name + " was " + d.before + ", is now " + d.now);
  return text;
}

/// Folders below runs/ that belong to no job.
std::vector<std::string> names_of_other_runs(const Plan& plan) {
  std::set<std::string> jobs;
  for (const Job& job : plan.jobs) jobs.insert(job.name);
  std::vector<std::string> names;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(plan.folder / "runs", none)) {
    const std::string name = entry.path().filename().string();
    if (jobs.contains(name.substr(0, name.find('-')))) continue;  // a job, or what was put aside of one
    names.push_back(name);
  }
  std::ranges::sort(names);
  return names;
}

}  // namespace

JobState state_of(const Plan& plan, const Job& job) {
  const results::RunFolder run{plan.run_of(job)};
  std::error_code none;
  if (!fs::exists(run.run_json(), none)) return {.started = fs::exists(run.path, none)};
  results::RunInfo info;
  try {
    info = results::read_run_json(run.run_json());
  } catch (const std::exception&) {
    return {.started = true};
  }
  if (info.configuration != job.name)
    return {.state = State::failed, .why = "its folder holds a run of another configuration", .started = true};
  if (info.status == "finished") return {.state = State::done, .started = true};
  if (info.status == "failed" || info.status.starts_with("finished"))
    return {.state = State::failed,
            .why = failures_of(info),
            .partly = info.status == "finished, some models failed",
            .started = true};
  return {.started = true};
}

bool is_being_run(const Plan& plan, const Job& job) {
  return base::AppendFile::is_held(results::RunFolder{plan.run_of(job)}.metrics_csv());
}

std::size_t other_runs(const Plan& plan) { return names_of_other_runs(plan).size(); }

EarlierRuns::EarlierRuns(const Plan& plan) : plan_(plan) {
  for (const std::string& name : names_of_other_runs(plan)) {
    Settings settings = settings_of(results::RunFolder{plan.folder / "runs" / name}.resolved_ini());
    if (settings.empty() || settings["pipeline.name"] != plan.pipeline) continue;
    const std::vector<std::string> point = point_of(settings);
    by_point_.emplace(point, std::pair(name, std::move(settings)));
  }
}

std::vector<std::string> EarlierRuns::point_of(const Settings& settings) const {
  std::vector<std::string> point;
  for (const experiment::Axis& axis : plan_.axes.all) {
    const auto value = settings.find(axis.key);
    point.push_back(value == settings.end() ? "" : value->second);
  }
  return point;
}

std::optional<EarlierRuns::Run> EarlierRuns::of(const Job& job, plugins::Catalogue& catalogue) const {
  if (by_point_.empty()) return std::nullopt;
  const Settings now = settings_of(pipeline_of(plan_, job, catalogue));
  std::optional<Run> nearest;
  for (auto [at, end] = by_point_.equal_range(point_of(now)); at != end; ++at) {
    const auto& [name, before] = at->second;
    Run run{name, differences(before, now)};
    if (!nearest || run.differences.size() < nearest->differences.size()) nearest = std::move(run);
  }
  if (nearest && nearest->differences.empty()) nearest->differences.emplace_back("a plugin or a data file has changed");
  return nearest;
}

}  // namespace pipeline::sweep
