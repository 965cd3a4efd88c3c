// A metric against the step: one line per model, one panel per layer. Where it was measured on the test and on the
// training set, both are in one picture.
//
// The last row of a model that went back to earlier weights is a measurement of those. Its line ends before that row; a
// circle is at the step whose weights they are.
#pragma once
#include <limits>

#include <pipeline/series.hpp>
#include "axis_range.hpp"
#include "picture.hpp"
#include "without_stroke.hpp"

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
  /// `training` is the same quantity on the training set, where `column` is of another set.
  LinePicture(const RunResults& results, const Series& series, const Column& column, const Column* training,
              const Look& look)
      : results_(results), column_(column), look_(look), both_(training) {
    std::size_t most = 0;
    for (const std::size_t layer : column.layers) {
      Panel panel{layer, {}, {}, {}};
      for (const Column* of : {&column, training})
        for (std::size_t m = 0; of && m < results.models.size(); ++m) {
          auto [points, back] = series.curve(of->metric, layer, results.models[m]);
          if (points.empty() && !back) continue;
          last_ = std::max(last_, back ? back->step : points.back().step);
          if (back) back->step = results.restored.at(results.models[m]);
          Line line{m, of == training, without_stroke(std::move(points)), back};
          most = std::max(most, line.points.size());
          panel.lines.push_back(std::move(line));
        }
      if (const Points& start = series.of(column.metric, layer, "control"); !start.empty())
        panel.control = start.back().value;
      panel.range = range_of(panel);
      panels_.push_back(std::move(panel));
    }
    smooth_ = most >= 10 * mean_rows;
    few_ = most <= 30;
    for (const Panel& panel : panels_)
      for (const Line& line : panel.lines)
        for (const Point& p : line.points)
          if (p.step > 0) first_step_ = std::min(first_step_, p.step);
  }

  Picture draw() const {
    const std::size_t across = std::min<std::size_t>(panels_.size(), 3), down = (panels_.size() + across - 1) / across;
    const Frame frame(look_, results_, column_.title, what(), how(), legend(),
                      across > 1 ? 290. * static_cast<double>(down) : 350);
    std::string script = frame.opening(column_.metric) + frame.panels(down, across, 52, 68, 80) +
                         "set xlabel 'step' tc rgb '#5A5A5A' offset 0,0.4\n" + value_label() + step_axis(across);
    for (std::size_t i = 0; i < panels_.size(); ++i)
      script += panel(i) + (i == 0 ? after_first_panel : "unset label\n");
    return {column_.metric, data(), script + closing};
  }

 private:
  struct Line {
    std::size_t model;
    bool training;  // drawn dashed, beside that of the other set
    Points points;
    std::optional<Point> went_back;  // to the weights of this step, of which the value is
  };
  struct Panel {
    std::size_t layer;  // 0: the whole network
    std::vector<Line> lines;
    std::optional<double> control;
    AxisRange range;
  };

  /// A model that failed grew beyond all bounds: its values are in range only if there is no other model.
  AxisRange range_of(const Panel& panel) const {
    std::vector<const Points*> all, sound;
    for (const Line& line : panel.lines) {
      all.push_back(&line.points);
      if (!results_.failures.contains(results_.models[line.model])) sound.push_back(&line.points);
    }
    return axis_range(sound.empty() ? all : sound, panel.control, look_.log_values);
  }

  bool shows_control(const Panel& panel) const { return panel.control && panel.range.contains(*panel.control); }
  bool any_control() const {
    return std::any_of(panels_.begin(), panels_.end(), [&](const Panel& p) { return shows_control(p); });
  }
  bool has_line(std::size_t model) const {
    return std::any_of(panels_.begin(), panels_.end(), [&](const Panel& p) {
      return std::any_of(p.lines.begin(), p.lines.end(), [&](const Line& l) { return l.model == model; });
    });
  }
  std::vector<std::string> legend() const {
    std::vector<std::string> labels;
    if (any_control()) labels.emplace_back("control (untrained)");
    for (const std::string& model : results_.models) labels.push_back(label(results_, model));
    return labels;
  }

  static void add(std::string& text, const std::string& words) {
    text += (text.empty() || words.empty() ? "" : "; ") + words;
  }
  std::string what() const {
    std::string text;
    if (both_)
      add(text, "solid: " + (column_.split.empty() ? "test" : column_.split) + " set, dashed: training set");
    else if (!column_.split.empty())
      add(text, "on the " + column_.split + " set");
    add(text, direction_words(column_.info.better));
    return text;
  }
  std::string how() const {
    std::string text;
    if (smooth_) add(text, "bold: mean of " + number(mean_rows) + " rows");
    bool back = false, stopped = false, control_outside = false, linear = false;
    double least = infinity, most = -infinity;
    for (const Panel& panel : panels_) {
      for (const Line& line : panel.lines) {
        back |= line.went_back.has_value();
        stopped |= results_.stopped.contains(results_.models[line.model]);
        for (const Point& p : line.points)
          if (std::isfinite(p.value) && !panel.range.contains(p.value))
            least = std::min(least, p.value), most = std::max(most, p.value);
      }
      control_outside |= panel.control && std::isfinite(*panel.control) && !shows_control(panel);
      linear |= look_.log_values && !panel.range.logarithmic;
    }
    if (back) add(text, "circle: the weights that a model went back to");
    if (stopped) add(text, "cross: where it stopped");
    if (least <= most)
      add(text, "triangles: values outside the axis" +
                    (least < most ? ", from " + number(rounded(least)) + " to " + number(rounded(most))
                                  : ", " + number(rounded(least))));
    if (control_outside) add(text, "control is outside the axis");
    if (linear) add(text, "no value is above 0, so the axis is not logarithmic");
    if (log_steps()) add(text, "a logarithmic axis has no step 0");
    return text;
  }
  static double rounded(double x) {  // four digits are enough to read
    if (x == 0 || !std::isfinite(x)) return x;
    const double power = std::pow(10, 3 - std::floor(std::log10(std::abs(x))));
    return std::isfinite(power) && power > 0 ? std::round(x * power) / power : x;
  }

  /// Beside the tics of the first panel, however wide they are.
  std::string value_label() const {
    return fill("set label 99 <unit> at screen <x>, graph 0.5 center rotate tc rgb '#5A5A5A'\n",
                {{"unit", quoted(column_.info.unit.empty() ? column_.title : column_.info.unit)},
                 {"x", number(16 / static_cast<double>(look_.width))}});
  }

  bool log_steps() const { return look_.log_steps && first_step_ < last_; }
  std::string step_axis(std::size_t across) const {
    const double end = last_ ? static_cast<double>(last_) : 1;
    if (log_steps())
      return fill("set logscale x\nset xrange [<first>:<end>]\nset xtics <tics> format '%.0f'\n",
                  {{"first", number(first_step_)},
                   {"end", number(end)},
                   {"tics", log_tics(static_cast<double>(first_step_), end)}});
    const double tic = std::max(tic_distance(end, across == 1 ? 10 : 5), 1.);
    const bool thousands = std::fmod(tic, 1000) == 0 && end < 1e6;  // "20k" where all tics are multiples of 1000
    return fill("set xrange [0:<end>]\nset xtics <tic> format <format>\n",
                {{"end", number(end)}, {"tic", number(tic)}, {"format", thousands ? "'%.0s%c'" : "'%.0f'"}});
  }

  std::size_t first_column(std::size_t panel) const {
    std::size_t column = 2;
    for (std::size_t i = 0; i < panel; ++i) column += panels_[i].lines.size() * (smooth_ ? 2 : 1);
    return column;
  }

  std::string panel(std::size_t i) const {
    const Panel& panel = panels_[i];
    std::string lines, marks;
    const auto add_line = [&](std::string_view text, std::size_t m, std::size_t column) {
      lines += (lines.empty() ? "" : ", \\\n     ") +
               fill(text, {{"file", quoted(column_.metric + ".tsv")},
                           {"column", number(column)},
                           {"type", number(m + 1)},
                           {"colour", colour(m)},
                           {"model", m < results_.models.size() ? quoted(label(results_, results_.models[m])) : ""},
                           {"dash", both_ ? " dt 1" : ""},
                           {"markers", few_ ? "" : " pn 9"},
                           {"low", number(panel.range.low)},
                           {"high", number(panel.range.high)},
                           {"control", number(panel.control.value_or(0))}});
    };
    if (shows_control(panel))
      add_line("<control> title 'control (untrained)' with lines lt <type>", results_.models.size(), 0);
    else if (any_control())
      add_line("NaN title 'control (untrained)' with lines lt <type>", results_.models.size(), 0);
    const std::size_t each = smooth_ ? 2 : 1, first = first_column(i);
    for (std::size_t l = 0; smooth_ && l < panel.lines.size(); ++l)
      add_line("<file> using 1:<column> notitle with lines lt <type> lw 0.8 dt 1 lc rgb '#A8<colour>'",
               panel.lines[l].model, first + each * l);
    for (std::size_t m = 0; m < results_.models.size(); ++m)
      if (has_line(m)) add_line("NaN title <model> with linespoints lt <type><dash>", m, 0);
    for (std::size_t l = 0; l < panel.lines.size(); ++l) {
      const Line& line = panel.lines[l];
      add_line(line.training ? "<file> using 1:<column> notitle with linespoints lt <type> lw 1.2 dt 2<markers>"
                             : "<file> using 1:<column> notitle with linespoints lt <type><dash><markers>",
               line.model, first + each * l + (smooth_ ? 1 : 0));
    }
    for (std::size_t l = 0; l < panel.lines.size(); ++l) {
      const Line& line = panel.lines[l];
      const auto any = [&](auto&& outside) {
        return std::any_of(line.points.begin(), line.points.end(), [&](const Point& p) { return outside(p.value); });
      };
      if (any([&](double x) { return x < panel.range.low; }))
        add_line("<file> using 1:($<column> < <low> ? <low> : NaN) notitle with points lt <type> pt 11 ps 0.9",
                 line.model, first + each * l);
      if (any([&](double x) { return x > panel.range.high; }))
        add_line("<file> using 1:($<column> > <high> ? <high> : NaN) notitle with points lt <type> pt 9 ps 0.9",
                 line.model, first + each * l);
      marks += end_of(line, panel.range);
    }
    if (lines.empty()) lines = "NaN notitle";
    const std::string name = panel.layer ? "layer " + number(panel.layer) : panels_.size() > 1 ? "network" : "";
    return fill(
        R"(
set label 100 '<name>' at graph 0.5,1.05 center tc rgb '#333333'
unset arrow
<marks><log>set logscale y
set ytics <tics>
<cut>set yrange [<low>:<high>]
plot <lines>
)",
        {{"name", name},
         {"marks", marks},
         {"log", panel.range.logarithmic ? "" : "un"},
         {"tics", panel.range.logarithmic ? log_tics(panel.range.low, panel.range.high) : "autofreq"},
         {"cut", panel.range.cut ? "# Some values are outside; for everything: set yrange [*:*]\n" : ""},
         {"low", number(panel.range.low)},
         {"high", number(panel.range.high)},
         {"lines", lines}});
  }

  /// A cross where a model stopped. Where it went back to earlier weights, a circle at their step, and a line between.
  std::string end_of(const Line& line, const AxisRange& range) const {
    const auto stopped = results_.stopped.find(results_.models[line.model]);
    const bool stops = stopped != results_.stopped.end();
    if (!line.went_back && (!stops || line.points.empty())) return "";
    const Point from = line.went_back ? *line.went_back : line.points.back();
    if (!std::isfinite(from.value)) return "";
    std::string text;
    if (line.went_back)
      text =
          "set label at <from>,<value> '' point lt <type> pt 6 ps 1.7\n"
          "set arrow from <from>,<value> to <to>,<value> nohead lt <type> lw 1 dt 3\n";
    if (stops) text += "set label at <to>,<value> '' point lt <type> pt 2 ps 1.2\n";
    return fill(text, {{"from", number(log_steps() ? std::max(from.step, first_step_) : from.step)},
                       {"to", number(stops ? stopped->second : last_)},
                       {"value", number(range.clamped(from.value))},
                       {"type", number(line.model + 1)}});
  }

  /// One row per step; one column per layer and line, and another for its means.
  std::string data() const {
    std::string head = "step";
    std::map<std::uint64_t, std::vector<double>> rows;
    const std::size_t each = smooth_ ? 2 : 1, columns = first_column(panels_.size()) - 2;
    std::size_t column = 0;
    for (const Panel& panel : panels_)
      for (const Line& line : panel.lines) {
        const std::string name = results_.models[line.model] + (line.training ? " training" : "") +
                                 (panel.layer ? " layer " + number(panel.layer) : "");
        head += "\t" + name + (smooth_ ? "\t" + name + " mean of " + number(mean_rows) : "");
        const std::vector<double> means = moving_means(line.points);
        for (std::size_t i = 0; i < line.points.size(); ++i) {
          std::vector<double>& row = rows.try_emplace(line.points[i].step, columns, std::nan("")).first->second;
          row[column] = line.points[i].value;
          if (smooth_) row[column + 1] = means[i];
        }
        column += each;
      }
    std::string text = head + "\n";
    for (const auto& [step, values] : rows) {
      text += number(step);
      for (const double x : values) text += "\t" + number(x);
      text += "\n";
    }
    return text;
  }

  const RunResults& results_;
  const Column& column_;
  const Look& look_;
  bool both_;  // test and training set
  std::vector<Panel> panels_;
  std::uint64_t last_ = 0, first_step_ = std::numeric_limits<std::uint64_t>::max();
  bool smooth_ = false;  // with many rows, which fluctuate, the means are drawn bold on top
  bool few_ = false;     // with few rows, each point is marked
};

}  // namespace pipeline::reports
