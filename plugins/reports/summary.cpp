// summary: says in a few lines where every model stands, and closes the run with a table of everything measured.
//
//   while it runs   a line a model: the newest value of each metric, layers as 1/2/3
//   at the end      a line a value, a column a model; the same table in summary.txt
//   *               the best model by the metric's own direction; several if they are equal as shown; never nan; of
//                   values of one step only, so a model that ended early is not compared
//   '               a value of an earlier step than the table's
//   FAILED          what ended a model before the others
//
//   control, the untrained network, stands beside the models and is never marked. "-" is a value not measured.
#include <pipeline/report.hpp>

#include "numbers.hpp"
#include "series.hpp"
#include "text_table.hpp"
#include "written_aside.hpp"

namespace {
using namespace pipeline;
using namespace pipeline::reports;
using Lines = std::vector<std::string>;

constexpr std::size_t page = 100;  // characters on a line

class Summary final : public Report {
  Lines write(const RunResults& results, const Occasion& occasion) const override {
    const Series series(results, occasion.step);
    if (!occasion.final) return state(series, results.models, occasion.step);
    const Lines lines = closing(series, results, occasion.step);
    std::string text;
    for (const std::string& line : lines) text += line + "\n";
    write_aside(results.folder / "summary.txt", text);
    return lines;
  }

  static Lines state(const Series& series, const Lines& models, std::uint64_t step) {
    TextTable table;
    table.stub(under("step " + std::to_string(step), models));
    for (const Column& column : series.columns) {
      if (!column.main()) continue;
      Lines cells(models.size());
      std::string layers;
      for (const std::size_t layer : column.layers) {
        const Lines values = newest(series, column, layer, models, 4).shown;
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
    bool any_earlier = false;
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
        const auto [shown, steps, compared, best] = newest(series, column, layer, names, 5);
        cells[0].push_back(shown[0] + " ");
        for (std::size_t m = 1; m < names.size(); ++m) {
          const bool earlier = steps[m] && *steps[m] < step;
          any_earlier |= earlier;
          cells[m].push_back(shown[m] + (steps[m] == compared && shown[m] == best ? "*" : earlier ? "'" : " "));
        }
      }
    TextTable table;
    for (const Lines& column : {metric, layers, better}) table.stub(column);
    for (const Lines& column : cells) table.column(column);
    table.note(unit);

    Lines lines = {results.pipeline + " after " + std::to_string(step) + " updates", ""};
    for (std::string& line : table.lines(page, true)) lines.push_back(std::move(line));
    lines.push_back("");
    if (results.models.size() > 1)
      lines.push_back("  *  the best of the models;  control is the network before training");
    if (any_earlier) lines.push_back("  '  measured at an earlier step");
    for (const std::string& model : results.models)
      if (const auto failed = results.failures.find(model); failed != results.failures.end())
        lines.push_back("  " + model + " FAILED: " + failed->second);
    for (const std::string& model : results.models)
      if (const auto last = series.last_step(model); last && *last < step)
        lines.push_back("  " + model + " was last measured at step " + std::to_string(*last));
    return lines;
  }

  using Steps = std::vector<std::optional<std::uint64_t>>;
  struct Newest {
    Lines shown;
    Steps steps;                            // of what is shown
    std::optional<std::uint64_t> compared;  // the step whose values are compared: the newest of the trained models'
    std::string best;                       // as shown; empty if there are no two to compare
  };
  /// The newest value of each model, with as many decimals as the trained ones need.
  static Newest newest(const Series& series, const Column& column, std::size_t layer, const Lines& models, int digits) {
    Newest newest;
    std::vector<double> trained, compared;
    const auto each_trained = [&](auto&& f) {
      for (const std::string& model : models)
        if (const Points& points = series.of(column.metric, layer, model); !points.empty() && model != "control")
          f(points.back());
    };
    each_trained([&](const Point& last) { newest.compared = std::max(newest.compared.value_or(0), last.step); });
    std::size_t candidates = 0;
    each_trained([&](const Point& last) {
      candidates += last.step == newest.compared;
      if (std::isnan(last.value)) return;
      trained.push_back(last.value);
      if (last.step == newest.compared) compared.push_back(last.value);
    });
    const int decimals = decimals_for(trained, digits);
    for (const std::string& model : models) {
      const Points& points = series.of(column.metric, layer, model);
      newest.shown.push_back(points.empty() ? "-" : fixed(points.back().value, decimals));
      newest.steps.push_back(points.empty() ? std::nullopt : std::optional(points.back().step));
    }
    const auto [low, high] = std::minmax_element(compared.begin(), compared.end());
    if (column.info.better != Direction::neither && candidates > 1 && !compared.empty())
      newest.best = fixed(column.info.better == Direction::higher ? *high : *low, decimals);
    return newest;
  }

  static Lines under(std::string head, Lines cells) {
    cells.insert(cells.begin(), std::move(head));
    return cells;
  }
};
}  // namespace

PIPELINE_REPORT(Summary, summary, "prints where every model stands, and a closing table with the best marked")
