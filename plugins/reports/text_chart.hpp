// A metric against the step as lines of text: gnuplot's terminal `dumb`.
#pragma once
#include <pipeline/series.hpp>

#include "axis_range.hpp"
#include "picture.hpp"

namespace pipeline::reports {

/// The script that draws one layer of a column into the file `text`; empty where nothing was measured at two steps. Of a
/// long run, each curve has about as many points as there are columns.
inline std::string text_chart(const RunResults& results, const Series& series, const Column& column, std::size_t layer,
                              std::size_t columns, std::size_t rows) {
  std::vector<const Points*> all;
  std::string blocks, plots;
  for (const std::string& model : results.models) {
    const Points& points = series.of(column.metric, layer, model);
    if (points.size() < 2) continue;
    const std::string block = "$points" + number(all.size());
    all.push_back(&points);
    blocks += block + " << EOD\n";
    const std::size_t every = std::max<std::size_t>(points.size() / columns, 1);
    for (std::size_t i = 0; i < points.size(); ++i)
      if (i % every == 0 || i + 1 == points.size())
        blocks += number(points[i].step) + " " + number(points[i].value) + "\n";
    blocks += "EOD\n";
    plots += (plots.empty() ? "plot " : ", ") + block + " using 1:2 with lines title " + quoted(label(results, model));
  }
  if (all.empty()) return "";
  const AxisRange range = axis_range(all, std::nullopt, false);
  return fill(R"(set terminal dumb <columns>,<rows> noenhanced
set output 'text'
set title <title>
set xlabel 'step'
set key outside below
set datafile missing 'NaN'
set yrange [<low>:<high>]
<blocks><plots>
)",
              {{"columns", number(columns)},
               {"rows", number(rows)},
               {"title", quoted(column.title + (layer ? ", layer " + number(layer) : "") +
                                (column.info.unit.empty() ? "" : " (" + column.info.unit + ")"))},
               {"low", number(range.low)},
               {"high", number(range.high)},
               {"blocks", blocks},
               {"plots", plots}});
}

}  // namespace pipeline::reports
