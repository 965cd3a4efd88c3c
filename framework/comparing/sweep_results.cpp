#include "comparing/sweep_results.hpp"

#include <algorithm>
#include <fstream>
#include <limits>
#include <sstream>

#include "base/csv.hpp"
#include "comparing/onset.hpp"
#include "comparing/test_error.hpp"

namespace pipeline::comparing {
namespace fs = std::filesystem;

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

std::vector<BandPoint> mean_points(const ComparedRuns& runs, const std::string& metric, std::size_t layer,
                                   const std::string& model) {
  std::map<std::uint64_t, std::vector<double>> by_step;
  std::size_t used = 0;
  for (const ComparedRun* run : runs) {
    if (run->results->failures.contains(model)) continue;
    ++used;
    for (const Point& p : run->series.curve(metric, layer, model).points) by_step[p.step].push_back(p.value);
  }
  std::vector<BandPoint> points;
  for (auto& [step, values] : by_step) {
    if (values.size() != used) continue;  // a mean over other runs would jump
    const Estimate e = estimate(values);
    points.push_back({step, e.n > 1 ? e.interval.low : nan, e.mean, e.n > 1 ? e.interval.high : nan});
  }
  return points;
}

SweepGroup group_of(const Group& group) {
  SweepGroup out{group.settings, group.seeds, {}, {}, {}};
  const std::vector<LastValues> values = last_values(group.runs);
  for (const LastValues& v : values)
    for (const auto& [model, by_run] : v.models)
      out.means.push_back({v.metric, v.layer, model, mean_points(group.runs, v.metric, v.layer, model)});
  const ComparisonOptions how;
  std::vector<Comparison> comparisons = compare(values, how);
  add_test_errors(comparisons, group.runs);
  add_onsets(comparisons, group.runs, how.level());
  for (const Comparison& c : comparisons) {
    ModelComparison m{c.metric,
                      c.layer,
                      c.model,
                      c.reference,
                      c.of_difference.n,
                      c.wins,
                      c.ties,
                      c.of_model.mean,
                      c.of_reference.mean,
                      c.of_difference.mean,
                      c.of_difference.interval.low,
                      c.of_difference.interval.high,
                      c.tested_together,
                      pairs_testable(c.tested_together, how.level()),
                      c.p_holm,
                      word_of(c.verdict),
                      c.since,
                      std::nullopt};
    if (c.test) m.test_error = c.test->standard_error;
    out.comparisons.push_back(std::move(m));
    const DifferenceCurve curve = difference_curve(group.runs, c.metric, c.layer, c.model, c.reference,
                                                   how.level() / static_cast<double>(c.tested_together));
    Band band{c.metric, c.layer, c.model, {}};
    for (std::size_t i = 0; i < curve.steps.size(); ++i)
      band.points.push_back(
          {curve.steps[i], curve.mean[i] - curve.half_width[i], curve.mean[i], curve.mean[i] + curve.half_width[i]});
    if (!band.points.empty()) out.differences.push_back(std::move(band));
  }
  return out;
}

/// "nats or squared error": runs of a sweep may differ in their loss.
void add_unit(std::vector<MeasuredMetric>& known, const MeasuredMetric& metric) {
  for (MeasuredMetric& each : known) {
    std::string& unit = each.info.unit;
    if (each.section == metric.section && unit.find(metric.info.unit) == unit.npos) unit += " or " + metric.info.unit;
  }
}

}  // namespace

SweepResults sweep_results(const fs::path& folder) {
  SweepResults sweep;
  sweep.folder = folder;
  const std::vector<ComparedRun> runs =
      read_runs(folder, [&](const std::string& warning) { sweep.warnings.push_back(warning); });
  sweep.jobs = base::read_csv(folder / "jobs.csv").size() - 1;
  sweep.ended = runs.size();
  sweep.failed = failed_without_results(folder);
  std::ifstream in(folder / "sweep.ini", std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  sweep.text = text.str();
  if (const std::string different = made_differently(runs); !different.empty()) sweep.warnings.push_back(different);
  for (const ComparedRun& run : runs) {
    const RunResults& results = *run.results;
    if (sweep.pipeline.empty()) {
      sweep.pipeline = results.pipeline;
      sweep.metrics = results.metrics;
      sweep.facts = results.facts;
    }
    for (const MeasuredMetric& metric : results.metrics) add_unit(sweep.metrics, metric);
    for (const UsedPlugin& plugin : results.plugins)
      if (std::ranges::none_of(sweep.plugins, [&](const UsedPlugin& known) {
            return known.kind == plugin.kind && known.name == plugin.name && known.sha256 == plugin.sha256;
          }))
        sweep.plugins.push_back(plugin);
    for (const std::string& model : results.models)
      if (std::ranges::find(sweep.models, model) == sweep.models.end()) sweep.models.push_back(model);
  }
  for (const std::string& model : sweep.models) {
    const auto runs_with = [&](const auto& of) {
      return std::ranges::count_if(runs, [&](const ComparedRun& run) { return ((*run.results).*of).contains(model); });
    };
    const std::string of_all = " of " + std::to_string(runs.size()) + " runs";
    if (const auto failed = runs_with(&RunResults::failures))
      sweep.warnings.push_back(model + " failed in " + std::to_string(failed) + of_all +
                               ": these are left out of its means, curves and comparisons");
    if (const auto stopped = runs_with(&RunResults::stopped))
      sweep.warnings.push_back(model + " stopped early in " + std::to_string(stopped) + of_all +
                               ": its curves end where the first of them stopped");
  }
  // What differs between its runs is no fact of the sweep.
  for (const ComparedRun& run : runs)
    std::erase_if(sweep.facts, [&](const auto& fact) {
      return std::ranges::find(run.results->facts, fact) == run.results->facts.end();
    });
  if (sweep.pipeline.empty()) sweep.pipeline = folder.parent_path().filename().string();
  for (const Group& group : groups_of(runs)) sweep.groups.push_back(group_of(group));
  return sweep;
}

}  // namespace pipeline::comparing
