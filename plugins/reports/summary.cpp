// summary: says in a few lines where every model stands, and closes the run with a table of everything measured.
//
//   while it runs   a line a model: the newest value of each metric, layers as 1/2/3
//   at the end      a line a value, a column a model; the same table in summary.txt
//   *               the best model by the metric's own direction; several if they are equal as shown; never nan
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
        const auto [shown, best] = newest(series, column, layer, names, 5);
        for (std::size_t m = 0; m < names.size(); ++m)
          cells[m].push_back(shown[m] + (m > 0 && names.size() > 2 && shown[m] == best ? "*" : " "));
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
    for (const std::string& model : results.models)
      if (const auto last = series.last_step(model); last && *last < step)
        lines.push_back("  " + model + " was last measured at step " + std::to_string(*last));
    return lines;
  }

  struct Newest {
    Lines shown;
    std::string best;  // as shown; empty if there is none
  };
  /// The newest value of each model, with as many decimals as the trained ones need.
  static Newest newest(const Series& series, const Column& column, std::size_t layer, const Lines& models, int digits) {
    std::vector<double> trained;
    for (const std::string& model : models)
      if (const Points& points = series.of(column.metric, layer, model); !points.empty() && model != "control")
        if (!std::isnan(points.back().value)) trained.push_back(points.back().value);
    const int decimals = decimals_for(trained, digits);
    Newest newest;
    for (const std::string& model : models) {
      const Points& points = series.of(column.metric, layer, model);
      newest.shown.push_back(points.empty() ? "-" : fixed(points.back().value, decimals));
    }
    const auto [low, high] = std::minmax_element(trained.begin(), trained.end());
    if (column.info.better != Direction::neither && !trained.empty())
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
