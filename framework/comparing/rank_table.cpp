#include "comparing/rank_table.hpp"

#include <algorithm>
#include <cmath>
#include <pipeline/test_samples.hpp>
#include <stdexcept>

#include "base/csv.hpp"
#include "base/numbers.hpp"
#include "base/utf8.hpp"
#include "comparing/runs.hpp"
#include "config/complaint.hpp"

namespace pipeline::comparing {
namespace fs = std::filesystem;

namespace {

/// "NAME" and the direction that "-" or "+" before it says; 0 without one.
std::pair<std::string, int> name_and_direction(const std::string& word) {
  return word.starts_with("-")   ? std::pair(word.substr(1), -1)
         : word.starts_with("+") ? std::pair(word.substr(1), 1)
                                 : std::pair(word, 0);
}

[[noreturn]] void unknown_column(const std::string& name, const std::vector<std::string>& known) {
  const std::string remedy = config::suggestion(name, known);
  throw std::invalid_argument("no column " + base::quoted(name) + (remedy.empty() ? "" : "\n  " + remedy));
}

std::string column_name(const std::string& metric, std::size_t layer) {
  return metric + (layer ? "." + std::to_string(layer) : "");
}

/// The value at the first step that satisfies the options, or the last one.
std::optional<double> value_at(const Points& points, std::optional<std::uint64_t> step) {
  if (points.empty()) return std::nullopt;
  if (!step) return std::isnan(points.back().value) ? std::nullopt : std::optional(points.back().value);
  for (const Point& p : points)
    if (p.step == *step && !std::isnan(p.value)) return p.value;
  return std::nullopt;
}

/// Throws std::invalid_argument unless their share is the target.
std::vector<std::uint8_t> right_answers(const RunResults& results, const std::string& model, double target) {
  if (!is_share_of_right_answers(results, model, target))
    throw std::invalid_argument(
        "noise can be dropped where the target is the share of right answers on the test set, such as accuracy; in " +
        results.folder.string() + " it is not");
  const std::vector<std::uint16_t> truth = results.test_labels(), predicted = results.predicted(model);
  std::vector<std::uint8_t> right;
  for (std::size_t i = 0; i < truth.size(); ++i) right.push_back(predicted[i] == truth[i]);
  return right;
}

struct ColumnOfSweep {
  std::string name, metric;
  std::size_t layer = 0;
  Direction better = Direction::neither;
};

}  // namespace

RankTable table_of_sweep(const fs::path& folder, const RankOptions& options) {
  if (options.drop_noise && !options.at_column.empty())
    throw std::invalid_argument("answers are known for the last step only, so noise cannot be dropped at another one");
  const std::vector<ComparedRun> runs = read_runs(folder, options.warn);
  std::vector<ColumnOfSweep> columns;
  bool has_models = false;
  for (const ComparedRun& run : runs) {
    has_models |= run.results->models.size() > 1;
    for (const Column& column : run.series.columns)
      for (const std::size_t layer : column.layers) {
        const std::string name = column_name(column.metric, layer);
        if (std::ranges::find(columns, name, &ColumnOfSweep::name) == columns.end())
          columns.push_back({name, column.metric, layer, column.info.better});
      }
  }
  std::vector<std::string> known;
  known.reserve(columns.size());
  for (const ColumnOfSweep& c : columns) known.push_back(c.name);
  const auto column = [&](const std::string& name) -> const ColumnOfSweep& {
    const auto found = std::ranges::find(columns, name, &ColumnOfSweep::name);
    if (found == columns.end()) unknown_column(name, known);
    return *found;
  };

  RankTable table;
  table.target = options.target;
  const ColumnOfSweep& target = column(options.target);
  table.drop_noise = options.drop_noise;
  std::vector<const ColumnOfSweep*> measures;
  std::vector<std::string> names = options.measures;
  if (names.empty())
    for (const std::string& name : known)
      if (name != options.target) names.push_back(name);
  for (const std::string& word : names) {
    const auto [name, asked] = name_and_direction(word);
    const ColumnOfSweep& c = column(name);
    measures.push_back(&c);
    table.measures.push_back(name);
    const bool opposite =
        c.better != Direction::neither && target.better != Direction::neither && c.better != target.better;
    table.directions.push_back(asked != 0 ? asked : opposite ? -1 : 1);
  }
  const auto differing = differing_settings(runs);
  if (options.seed_was_given &&
      std::ranges::none_of(runs, [&](const ComparedRun& r) { return r.settings.contains(options.seed); }))
    throw std::invalid_argument("no run has the setting " + base::quoted(options.seed) + " of --seed");
  std::vector<std::string> axes;
  for (const auto& [key, values] : differing)
    if (key != options.seed) axes.push_back(key);
  if (has_models) axes.push_back("model");
  for (const std::string& axis : options.axes)
    if (std::ranges::find(axes, axis) == axes.end()) unknown_column(axis, axes);
  if (!options.axes.empty()) axes = options.axes;
  table.axes = axes;

  for (std::size_t i = 0; i < runs.size(); ++i)
    for (const std::string& model : runs[i].results->models) {
      RankedRun run;
      for (const std::string& axis : axes) run.axes.push_back(axis == "model" ? model : differing.at(axis)[i]);
      if (const auto seed = runs[i].settings.find(options.seed); seed != runs[i].settings.end())
        run.seed = seed->second;
      bool complete = !runs[i].results->failures.contains(model);
      std::optional<std::uint64_t> step;
      if (!options.at_column.empty()) {
        const ColumnOfSweep& at = column(options.at_column);
        for (const Point& p : runs[i].series.of(at.metric, at.layer, model))
          if (p.value <= options.at_most) {
            step = p.step;
            break;
          }
        complete &= step.has_value();
      }
      const auto value = [&](const ColumnOfSweep& c) {
        const auto x = value_at(runs[i].series.of(c.metric, c.layer, model), step);
        const bool is_there = x.has_value() && std::isfinite(*x);
        if (complete && !is_there) ++table.lacking[c.name];
        complete &= is_there;
        return x.value_or(0);
      };
      run.target = value(target);
      for (const ColumnOfSweep* c : measures) run.measures.push_back(value(*c));
      if (options.drop_noise && complete) run.right = right_answers(*runs[i].results, model, run.target);
      if (complete)
        table.runs.push_back(std::move(run));
      else
        ++table.left_out;
    }
  return table;
}

RankTable table_of_csv(const fs::path& file, const RankOptions& options) {
  if (options.drop_noise)
    throw std::invalid_argument("a table has no answers to test samples, so --drop-noise takes a sweep only");
  const std::vector<base::CsvRecord> records = base::read_csv(file);
  if (records.size() < 2) throw std::runtime_error(file.string() + " has no rows below its header");
  const std::vector<std::string>& header = records.front().fields;
  const auto column = [&](const std::string& name) {
    const auto found = std::ranges::find(header, name);
    if (found == header.end()) unknown_column(name, header);
    return static_cast<std::size_t>(found - header.begin());
  };
  if (options.axes.empty()) throw std::invalid_argument("a table needs the columns that are axes: --axes A,B,...");
  RankTable table;
  table.target = options.target;
  const std::size_t target = column(options.target);
  std::vector<std::size_t> axes, measures;
  std::optional<std::size_t> seed;
  if (const auto found = std::ranges::find(header, options.seed); found != header.end())
    seed = static_cast<std::size_t>(found - header.begin());
  else if (options.seed_was_given)
    unknown_column(options.seed, header);
  for (const std::string& axis : options.axes)
    if (axis != options.seed) table.axes.push_back(axis), axes.push_back(column(axis));
  std::vector<std::string> names = options.measures;
  if (names.empty())
    for (std::size_t i = 0; i < header.size(); ++i)
      if (i != target && std::ranges::find(axes, i) == axes.end() && seed != i) names.push_back(header[i]);
  for (const std::string& word : names) {
    const auto [name, direction] = name_and_direction(word);
    measures.push_back(column(name));
    table.measures.push_back(name);
    table.directions.push_back(direction < 0 ? -1 : 1);
  }
  for (std::size_t r = 1; r < records.size(); ++r) {
    const std::vector<std::string>& fields = records[r].fields;
    const std::string place = file.string() + ":" + std::to_string(records[r].line) + ": ";
    if (fields.size() != header.size())
      throw std::runtime_error(place + std::to_string(fields.size()) + " fields where the header has " +
                               std::to_string(header.size()));
    bool complete = true;
    const auto value = [&](std::size_t i) {
      const std::string& text = fields[i];
      const bool is_empty = text.empty() || text == "nan" || text == "NaN" || text == "NA";
      const auto x = is_empty ? std::optional(0.0) : base::parse_real(text);
      if (!x) throw std::runtime_error(place + base::quoted(text) + " in column " + header[i] + " is not a number");
      const bool is_there = !is_empty && std::isfinite(*x);
      if (complete && !is_there) ++table.lacking[header[i]];
      complete &= is_there;
      return *x;
    };
    RankedRun run;
    for (const std::size_t axis : axes) run.axes.push_back(fields[axis]);
    if (seed) run.seed = fields[*seed];
    run.target = value(target);
    for (const std::size_t m : measures) run.measures.push_back(value(m));
    if (complete)
      table.runs.push_back(std::move(run));
    else
      ++table.left_out;
  }
  return table;
}

}  // namespace pipeline::comparing
