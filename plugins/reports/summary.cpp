// summary: prints the newest values of every model during the run, and a table of everything measured at the end.
//
//   during the run   one line per model: the newest value of each metric, layers as 1/2/3
//   at the end       one line per value, one column per model; the same table is written to summary.txt
//   *                the best model by the metric's own direction; several if equal as shown; never nan; only values of
//                    the newest step are compared, so not those of a model that ended early or, like one with
//                    early_stopping, went back to the weights of an earlier step
//                    Where a value is the share of right answers on the test set, the best must lead every other model by
//                    more than one standard error of their difference on the same samples; else none is marked
//   '                a value of an earlier step than that of the table
//   FAILED           the reason why a model ended before the others
//   below the table  the step at which a model stopped, and that whose weights it went back to; what its regularisers
//                    say of the run, such as that a limit was never reached
//
//   control is the untrained network; it has a column but is never marked. "-" is a value that was not measured.
//
// See also: plots.
#include <pipeline/report.hpp>

#include <algorithm>
#include <cmath>
#include <pipeline/files.hpp>
#include <pipeline/numbers.hpp>
#include <pipeline/series.hpp>
#include <pipeline/test_samples.hpp>
#include <pipeline/text_table.hpp>

namespace {
using namespace pipeline;
using Lines = std::vector<std::string>;

constexpr std::size_t page = 100;  // characters per line

class Summary final : public Report {
  ReportOutput write(const RunResults& results, const Occasion& occasion) const override {
    const Series series(results, occasion.step);
    if (!occasion.final) return {state(series, results, occasion.step), {}};
    const Lines lines = closing(series, results, occasion.step);
    std::string text;
    for (const std::string& line : lines) text += line + "\n";
    write_file(results.folder / "summary.txt", text);
    return {lines, {}};
  }

  static Lines state(const Series& series, const RunResults& results, std::uint64_t step) {
    const Lines& models = results.models;
    TextTable table;
    table.stub(under("step " + std::to_string(step), models));
    for (const Column& column : series.columns) {
      if (!column.main()) continue;
      Lines cells(models.size());
      std::string layers;
      for (const std::size_t layer : column.layers) {
        const Lines values = newest(series, results, column, layer, models, 4).shown;
        const char between = layers.empty() ? ' ' : '/';
        for (std::size_t m = 0; m < models.size(); ++m) cells[m].append(!layers.empty(), between).append(values[m]);
        layers.append(1, between).append(std::to_string(layer));
      }
      table.column(under(column.metric + (column.layers.contains(0) ? "" : layers), cells));
    }
    return table.lines(page, false);
  }

  static Lines closing(const Series& series, const RunResults& results, std::uint64_t step) {
    Lines names = {"control"}, metric = {""}, layers = {"layer"}, better = {"better"}, unit = {""};
    names.insert(names.end(), results.models.begin(), results.models.end());
    std::vector<Lines> cells(names.size());
    for (std::size_t m = 0; m < names.size(); ++m) cells[m] = {names[m] + " "};
    std::string section;
    bool any_best = false, any_earlier = false;
    Lines doubts;
    for (const Column& column : series.columns)
      for (const std::size_t layer : column.layers) {
        const bool first = layer == *column.layers.begin(), more = column.section == section;
        section = column.section;
        metric.push_back(!first ? "" : more ? "  " + column.metric.substr(section.size()) : column.metric);
        layers.push_back(layer ? std::to_string(layer) : "");
        better.push_back(!first || column.info.better == Direction::neither ? ""
                         : column.info.better == Direction::higher          ? "higher"
                                                                            : "lower");
        unit.push_back(first ? column.info.unit : "");
        const auto [shown, steps, values, compared, best] = newest(series, results, column, layer, names, 5);
        const std::string doubt = doubt_about(best, names, shown, steps, values, compared, results);
        if (!doubt.empty()) doubts.push_back("  no * in " + column.metric + ": " + doubt);
        cells[0].push_back(shown[0] + " ");
        for (std::size_t m = 1; m < names.size(); ++m) {
          const bool earlier = steps[m] && *steps[m] < step;
          any_earlier |= earlier;
          const bool is_best = doubt.empty() && !earlier && steps[m] == compared && shown[m] == best;
          any_best |= is_best;
          cells[m].push_back(shown[m] + (is_best ? "*" : earlier ? "'" : " "));
        }
      }
    TextTable table;
    for (const Lines& column : {metric, layers, better}) table.stub(column);
    for (const Lines& column : cells) table.column(column);
    table.note(unit);

    Lines lines = {
        results.pipeline + (results.status == "stopped" ? ", stopped; last measured at step " + std::to_string(step) +
                                                              " of " + std::to_string(results.steps)
                                                        : " after " + std::to_string(step) + " updates"),
        ""};
    for (std::string& line : table.lines(page, true)) lines.push_back(std::move(line));
    lines.push_back("");
    lines.push_back("  control is the network before training");
    if (any_best)
      lines.push_back("  *  the best of the models with this seed; with other seeds: pipeline run FILE --seeds 10");
    lines.insert(lines.end(), doubts.begin(), doubts.end());
    if (any_earlier) lines.push_back("  '  of an earlier step, so it gets no *");
    for (const std::string& model : results.models)
      if (const auto failed = results.failures.find(model); failed != results.failures.end())
        lines.push_back("  " + model + " FAILED: " + failed->second);
    for (const std::string& model : results.models)
      if (const std::string line = end_of(model, series, results, step); !line.empty()) lines.push_back("  " + line);
    for (const std::string& model : results.models)
      if (const auto remarks = results.remarks.find(model); remarks != results.remarks.end())
        for (const std::string& remark : remarks->second) lines.push_back("  " + model + ", " + remark);
    return lines;
  }

  /// How the training of a model ended; empty where it ended with all updates and their weights.
  static std::string end_of(const std::string& model, const Series& series, const RunResults& results,
                            std::uint64_t step) {
    const auto stopped = results.stopped.find(model), restored = results.restored.find(model);
    const std::string back = restored == results.restored.end()
                                 ? ""
                                 : "went back to its weights of step " + std::to_string(restored->second);
    if (stopped != results.stopped.end())
      return model + " stopped at step " + std::to_string(stopped->second) + (back.empty() ? "" : " and " + back);
    if (!back.empty()) return model + " made all updates and " + back;
    const auto last = series.last_step(model);
    return last && *last < step ? model + " was last measured at step " + std::to_string(*last) : "";
  }

  using Steps = std::vector<std::optional<std::uint64_t>>;
  struct Newest {
    Lines shown;
    Steps steps;                            // of the shown values
    std::vector<double> values;             // NaN where there is none
    std::optional<std::uint64_t> compared;  // the step whose values are compared: the newest of any trained model
    std::string best;                       // as shown; empty if fewer than two can be compared
  };
  /// The newest value of each model, with the number of decimals that the trained models need.
  static Newest newest(const Series& series, const RunResults& results, const Column& column, std::size_t layer,
                       const Lines& models, int digits) {
    Newest newest;
    std::vector<double> trained, compared;
    // The last rows of a model that went back to earlier weights are values of that earlier step.
    const auto last_of = [&](const std::string& model) -> std::optional<Point> {
      const Points& points = series.of(column.metric, layer, model);
      if (points.empty()) return std::nullopt;
      Point last = points.back();
      if (const auto at = results.restored.find(model); at != results.restored.end())
        last.step = std::min(last.step, at->second);
      return last;
    };
    const auto each_trained = [&](auto&& f) {
      for (const std::string& model : models)
        if (const auto last = last_of(model); last && model != "control") f(*last);
    };
    each_trained([&](const Point& last) { newest.compared = std::max(newest.compared.value_or(0), last.step); });
    std::size_t candidates = 0;
    each_trained([&](const Point& last) {
      candidates += last.step == newest.compared;
      if (std::isnan(last.value)) return;
      trained.push_back(last.value);
      if (last.step == newest.compared) compared.push_back(last.value);
    });
    std::vector<double> all = trained;  // the control's decimals too, or it would be rounded to those of the others
    if (const auto control = last_of("control"); control && std::ranges::find(models, "control") != models.end())
      all.push_back(control->value);
    const int decimals = decimals_for(all, digits);
    for (const std::string& model : models) {
      const auto last = last_of(model);
      newest.shown.push_back(last ? fixed(last->value, decimals) : "-");
      newest.steps.push_back(last ? std::optional(last->step) : std::nullopt);
      newest.values.push_back(last ? last->value : std::nan(""));
    }
    if (column.info.better != Direction::neither && candidates > 1 && !compared.empty()) {
      double best = std::nan("");
      for (const double x : compared)
        if (is_better(column.info.better, x, best)) best = x;
      newest.best = fixed(best, decimals);
    }
    return newest;
  }

  /// Why the best of these values may be due to the choice of the test samples; empty where it is not, or where they are
  /// no shares of right answers.
  static std::string doubt_about(const std::string& best, const Lines& names, const Lines& shown, const Steps& steps,
                                 const std::vector<double>& values, std::optional<std::uint64_t> compared,
                                 const RunResults& results) {
    std::optional<std::size_t> leader;
    std::vector<std::size_t> others;
    for (std::size_t m = 1; m < names.size(); ++m) {
      if (steps[m] != compared || std::isnan(values[m])) continue;
      if (!is_share_of_right_answers(results, names[m], values[m])) return "";
      if (!leader && shown[m] == best)
        leader = m;
      else
        others.push_back(m);
    }
    if (!leader) return "";
    std::optional<TestDifference> closest;  // by its lead beyond one standard error
    std::size_t second = 0;
    // In samples; the error is that of two models that are equally good, so that a single sample is no lead.
    const auto lead = [](const TestDifference& d) {
      const auto first = static_cast<double>(d.only_first), other = static_cast<double>(d.only_second);
      return first - other - std::sqrt(first + other);
    };
    for (const std::size_t m : others)
      if (const auto d = test_difference(results, names[*leader], names[m]);
          d && (!closest || lead(*d) < lead(*closest)))
        closest = d, second = m;
    if (!closest || lead(*closest) > 0) return "";
    const double n = static_cast<double>(closest->samples);
    return names[*leader] + " and " + names[second] + " differ by " + fixed(closest->difference() * n, 0) + " of " +
           std::to_string(closest->samples) + " test samples; one standard error is " +
           fixed(closest->standard_error() * n, 1);
  }

  static Lines under(std::string head, Lines cells) {
    cells.insert(cells.begin(), std::move(head));
    return cells;
  }
};
}  // namespace

PIPELINE_REPORT(Summary, summary, "prints the newest values, and a final table with the best model marked")
