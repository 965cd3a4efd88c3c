#include "sweep/job_state.hpp"

#include <algorithm>

#include "base/append_file.hpp"
#include "base/file_error.hpp"
#include "config/reader.hpp"
#include "results/run_folder.hpp"
#include "results/run_json.hpp"

namespace pipeline::sweep {
namespace fs = std::filesystem;

const char* name_of(State state) {
  return state == State::done ? "done" : state == State::failed ? "failed" : "missing";
}

namespace {

std::string joined(const std::map<std::string, std::string>& failures) {
  std::string text;
  for (const auto& [what, why] : failures)
    text += (text.empty() ? "" : "; ") + (what == "run" ? "" : "model " + what + ": ") + why;
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

std::map<std::string, std::string> settings_of(const experiment::Pipeline& p) {
  std::map<std::string, std::string> settings;
  for (const config::ResolvedSection& section : p.resolved)
    for (const config::Setting& s : section.settings)
      if (!s.is_path) settings[section.name + "." + s.key] = s.value;
  return settings;
}

}  // namespace

JobState state_of(const Plan& plan, const Job& job) {
  const results::RunFolder run{plan.run_of(job)};
  std::error_code none;
  if (!fs::exists(run.run_json(), none)) return {State::missing, "", fs::exists(run.path, none)};
  results::RunInfo info;
  try {
    info = results::read_run_json(run.run_json());
  } catch (const std::exception&) {
    return {State::missing, "", true};
  }
  if (info.configuration != job.name) return {State::failed, "its folder holds a run of another configuration", true};
  if (info.status == "finished") return {State::done, "", true};
  if (info.status == "failed" || info.status.starts_with("finished"))
    return {State::failed, joined(info.failures), true};
  return {State::missing, "", true};
}

bool is_being_run(const Plan& plan, const Job& job) try {
  base::AppendFile::existing(results::RunFolder{plan.run_of(job)}.metrics_csv());
  return false;
} catch (const base::FileError& e) {
  return e.code == EWOULDBLOCK;
}

std::optional<OtherRun> earlier_run(const Plan& plan, const Job& job, plugins::Catalogue& catalogue) {
  std::error_code none;
  std::optional<std::map<std::string, std::string>> now;
  for (const auto& entry : fs::directory_iterator(plan.folder / "runs", none)) {
    const std::string name = entry.path().filename().string();
    if (name == job.name || std::ranges::find(plan.jobs, name, &Job::name) != plan.jobs.end()) continue;
    const auto before = settings_of(results::RunFolder{entry.path()}.resolved_ini());
    if (before.empty()) continue;
    if (!now) now = settings_of(pipeline_of(plan, job, catalogue));
    const bool has_the_point = std::ranges::all_of(plan.axes.all, [&](const experiment::Axis& axis) {
      const auto old = before.find(axis.key);
      const auto current = now->find(axis.key);
      return old != before.end() && current != now->end() && old->second == current->second;
    });
    if (!has_the_point) continue;
    OtherRun other{name, {}};
    for (const auto& [key, value] : *now)
      if (const auto old = before.find(key); old == before.end())
        other.differences.push_back(key + " is new: " + value);
      else if (old->second != value)
        other.differences.push_back(key + " was " + old->second + ", is now " + value);
    if (other.differences.empty()) other.differences.emplace_back("a plugin or a data file has changed");
    return other;
  }
  return std::nullopt;
}

}  // namespace pipeline::sweep
