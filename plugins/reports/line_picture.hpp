// A metric against the step: one line per model, one panel per layer.
//
// The last value of a model that went back to earlier weights is not of the weights that it had trained by then: its
// line ends before it, and the value is a circle of its own.
#pragma once
#include <pipeline/series.hpp>
#include "axis_range.hpp"
#include "picture.hpp"

namespace pipeline::reports {

inline constexpr std::size_t mean_rows = 11;  // the number over which the study mnist_snr smooths accuracies

/// For each row the mean of the nearest rows: centred, except at the ends, where it is that of the first or last rows.
inline std::vector<double> moving_means(const Points& points) {
  std::vector<double> means;
  const std::size_t n = points.size(), count = std::min(n, mean_rows);
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t first = std::min(i > count / 2 ? i - count / 2 : 0, n - count);
    double sum = 0;
    for (std::size_t j = first; j < first + count; ++j) sum += points[j].value;
    means.push_back(sum / static_cast<double>(count));
  }
  return means;
}

class LinePicture {
 public:
  LinePicture(const RunResults& results, const Series& series, const Column& column)
      : models_(results.models), column_(column) {
    std::size_t most = 0;
    for (const std::size_t layer : column.layers) {
      Panel panel{layer, {}, {}, {}, {}};
      std::vector<const Points*> all;
      for (const std::string& model : models_) {
        const Points& points = series.of(column.metric, layer, model);
        all.push_back(&points);
        most = std::max(most, points.size());
        if (!points.empty()) last_ = std::max(last_, points.back().step);
        panel.models.push_back(points);
        const bool back =
            !points.empty() && results.restored.contains(model) && points.back().step == series.last_step(model);
        panel.restored.push_back(back ? std::optional(points.back()) : std::nullopt);
        if (back) panel.models.back().pop_back();
      }
      if (const Points& start = series.of(column.metric, layer, "control"); !start.empty())
        panel.control = start.back().value;
      panel.range = axis_range(all, panel.control);
      panels_.push_back(panel);
    }
    smooth_ = most >= 10 * mean_rows;
    few_ = most <= 30;
  }

  Picture draw(const RunResults& results) const {
    const std::size_t across = std::min<std::size_t>(panels_.size(), 3), down = (panels_.size() + across - 1) / across;
    const double above = 92. + 18. * static_cast<double>(legend_rows(results)) + (across > 1 ? 8 : 0);
    const double height = above + (across > 1 ? 290. * static_cast<double>(down) : 350);
    std::string script = opening(column_.metric, subtitle(), results, height) +
                         panels(down, across, above, 52, height, 68, 80) +
                         "set xlabel 'step' tc rgb '#6E6E6E' offset 0,0.4\n" + step_axis(across);
    for (std::size_t i = 0; i < panels_.size(); ++i) script += panel(i) + (i == 0 ? after_first_panel : "");
    return {column_.metric, data(), script + closing};
  }

 private:
  struct Panel {
    std::size_t layer;  // 0: the whole network
    std::vector<Points> models;
    std::vector<std::optional<Point>> restored;  // of each model that went back to earlier weights
    std::optional<double> control;
    AxisRange range;
  };

  std::string subtitle() const {
    std::string text = column_.info.unit;
    const auto add = [&](const std::string& words) { text += (text.empty() || words.empty() ? "" : ", ") + words; };
    add(direction_words(column_.info.better));
    if (!column_.split.empty()) add("on the " + column_.split + " set");
    if (smooth_) add("bold: mean of " + number(mean_rows) + " rows");
    if (!restored().empty()) add("circle: after going back to earlier weights");
    if (std::any_of(panels_.begin(), panels_.end(), [](const Panel& p) { return p.range.cut; }))
      add("axis cut to the range of the last three quarters of the steps");
    return text;
  }

  /// Panel and model of each restored value, in the order of their columns, which follow the others.
  std::vector<std::pair<std::size_t, std::size_t>> restored() const {
    std::vector<std::pair<std::size_t, std::size_t>> all;
    for (std::size_t i = 0; i < panels_.size(); ++i)
      for (std::size_t m = 0; m < models_.size(); ++m)
        if (panels_[i].restored[m]) all.emplace_back(i, m);
    return all;
  }
  std::size_t columns_of_lines() const { return panels_.size() * models_.size() * (smooth_ ? 2 : 1); }

  std::string step_axis(std::size_t across) const {
    const double end = last_ ? static_cast<double>(last_) : 1;
    const double tic = std::max(tic_distance(end, across == 1 ? 10 : 5), 1.);
    const bool thousands = std::fmod(tic, 1000) == 0 && end < 1e6;  // "20k" where all tics are multiples of 1000
    return fill("set xrange [0:<end>]\nset xtics <tic> format <format>\n",
                {{"end", number(end)}, {"tic", number(tic)}, {"format", thousands ? "'%.0s%c'" : "'%.0f'"}});
  }

  std::string panel(std::size_t i) const {
    const auto& [layer, models, restored_values, control, range] = panels_[i];
    std::string lines;
    const auto add = [&](std::string_view line, std::size_t m, std::size_t column) {
      lines +=
          (lines.empty() ? "" : ", \\\n     ") + fill(line, {{"file", quoted(column_.metric + ".tsv")},
                                                             {"column", number(column)},
                                                             {"type", number(m + 1)},
                                                             {"colour", colour(m)},
                                                             {"model", m < models_.size() ? quoted(models_[m]) : ""},
                                                             {"with", few_ ? "linespoints" : "lines"},
                                                             {"control", number(control.value_or(0))}});
    };
    const std::size_t first = 2 + i * models_.size() * (smooth_ ? 2 : 1);  // of this panel's columns
    const auto shows_control = [](const Panel& p) {
      return p.control && *p.control >= p.range.low && *p.control <= p.range.high;
    };
    if (shows_control(panels_[i]))
      add("<control> title 'control (untrained)' with lines lt <type>", models_.size(), 0);
    else if (std::any_of(panels_.begin(), panels_.end(), shows_control))
      add("NaN title 'control (untrained)' with lines lt <type>", models_.size(), 0);
    for (std::size_t m = 0; smooth_ && m < models_.size(); ++m)
      add("<file> using 1:<column> notitle with lines lt <type> lw 0.8 lc rgb '#A8<colour>'", m, first + 2 * m);
    for (std::size_t m = 0; m < models_.size(); ++m)
      add("<file> using 1:<column> title <model> with <with> lt <type>", m, smooth_ ? first + 2 * m + 1 : first + m);
    const auto circles = restored();
    for (std::size_t at = 0; at < circles.size(); ++at)
      if (circles[at].first == i)
        add("<file> using 1:<column> notitle with points lt <type> pt 6 ps 1.4", circles[at].second,
            2 + columns_of_lines() + at);
    const std::string name = layer ? "layer " + number(layer) : panels_.size() > 1 ? "network" : "";
    return fill(
        R"(
set label 4 '<name>' at graph 0.5,1.05 center tc rgb '#333333'
<cut>set yrange [<low>:<high>]
plot <lines>
)",
        {{"name", name},
         {"cut", range.cut ? "# Of the last three quarters of the steps; for everything: set yrange [*:*]\n" : ""},
         {"low", number(range.low)},
         {"high", number(range.high)},
         {"lines", lines}});
  }

  std::string name_of(const Panel& panel, std::size_t m) const {
    return models_[m] + (panel.layer ? " layer " + number(panel.layer) : "");
  }

  /// One row per step; one column per layer and model, and another for its means. Restored values have their own.
  std::string data() const {
    std::string head = "step";
    std::map<std::uint64_t, std::vector<double>> rows;
    const std::size_t each = smooth_ ? 2 : 1, columns = columns_of_lines() + restored().size();
    const auto row_of = [&](std::uint64_t step) -> std::vector<double>& {
      return rows.try_emplace(step, columns, std::nan("")).first->second;
    };
    std::size_t column = 0;
    for (const Panel& panel : panels_)
      for (std::size_t m = 0; m < models_.size(); ++m, column += each) {
        const Points& points = panel.models[m];
        const std::string name = name_of(panel, m);
        head += "\t" + name + (smooth_ ? "\t" + name + " mean of " + number(mean_rows) : "");
        const std::vector<double> means = moving_means(points);
        for (std::size_t i = 0; i < points.size(); ++i) {
          std::vector<double>& row = row_of(points[i].step);
          row[column] = points[i].value;
          if (smooth_) row[column + 1] = means[i];
        }
      }
    for (const auto& [panel, m] : restored()) {
      head += "\t" + name_of(panels_[panel], m) + " restored";
      row_of(panels_[panel].restored[m]->step)[column++] = panels_[panel].restored[m]->value;
    }
    std::string text = head + "\n";
    for (const auto& [step, values] : rows) {
      text += number(step);
      for (const double x : values) text += "\t" + number(x);
      text += "\n";
    }
    return text;
  }

  const std::vector<std::string>& models_;
  const Column& column_;
  std::vector<Panel> panels_;
  std::uint64_t last_ = 0;
  bool smooth_ = false;  // with many rows, which fluctuate, the means are drawn bold on top
  bool few_ = false;     // with few rows, each point is marked
};

}  // namespace pipeline::reports
