// A metric against the step: a line a model, a panel a layer.
#pragma once
#include "axis_range.hpp"
#include "picture.hpp"
#include "series.hpp"

namespace pipeline::reports {

inline constexpr std::size_t mean_rows = 11;  // as many as the study smooths accuracies over

/// The mean of the rows around each row, of fewer at the ends so that it stays centred.
inline std::vector<double> centred_means(const Points& points) {
  std::vector<double> means;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const std::size_t reach = std::min({i, points.size() - 1 - i, mean_rows / 2});
    double sum = 0;
    for (std::size_t j = i - reach; j <= i + reach; ++j) sum += points[j].value;
    means.push_back(sum / static_cast<double>(2 * reach + 1));
  }
  return means;
}

class LinePicture {
 public:
  LinePicture(const RunResults& results, const Series& series, const Column& column)
      : results_(results),
        series_(series),
        column_(column),
        layers_(column.layers.begin(), column.layers.end()) {
    std::size_t most = 0;
    for (const std::string& model : results.models)
      for (const std::size_t layer : layers_) {
        const Points& points = of(layer, model);
        most = std::max(most, points.size());
        if (!points.empty()) last_ = std::max(last_, points.back().step);
      }
    smooth_ = most >= 10 * mean_rows;
    few_ = most <= 30;
  }

  Picture draw() const {
    std::vector<AxisRange> ranges;
    bool cut = false;
    for (const std::size_t layer : layers_) {
      std::vector<const Points*> lines;
      for (const std::string& model : results_.models) lines.push_back(&of(layer, model));
      ranges.push_back(axis_range(lines, control(layer)));
      cut |= ranges.back().cut;
    }
    const std::size_t across = std::min<std::size_t>(layers_.size(), 3),
                      down = (layers_.size() + across - 1) / across;
    const Frame frame{1000, across == 1 ? 460 : static_cast<int>(130 + 270 * down)};
    std::string s = opening(column_.metric, column_.metric, subtitle(cut), results_, frame);
    const auto share = [&](double pixels) { return number(pixels / frame.height); };
    s += "set multiplot layout " + std::to_string(down) + "," + std::to_string(across) +
         " margins 0.065,0.98," + share(52) + "," + number(1 - 118. / frame.height) + " spacing 0.07," +
         share(80) + "\n";
    s += "set xlabel 'step' tc rgb " + std::string(grey) + " offset 0,0.4\n" + x_axis(across);
    for (std::size_t i = 0; i < layers_.size(); ++i) s += panel(i, ranges[i]);
    return {column_.metric, data(), s + "unset multiplot\n" + closing};
  }

 private:
  const Points& of(std::size_t layer, const std::string& model) const {
    return series_.of(column_.metric, layer, model);
  }
  std::vector<double> control(std::size_t layer) const {
    const Points& points = of(layer, "control");
    return points.empty() ? std::vector<double>{} : std::vector<double>{points.back().value};
  }

  std::string subtitle(bool cut) const {
    std::string text = column_.info.unit;
    const auto add = [&](const std::string& words) {
      if (!words.empty()) text += (text.empty() ? "" : ", ") + words;
    };
    add(direction_words(column_.info.better));
    if (smooth_) add("bold: mean of " + std::to_string(mean_rows) + " rows");
    if (cut) add("axis cut to the last three quarters of the steps");
    return text;
  }

  /// Few round tics: "20k" where all are whole thousands.
  std::string x_axis(std::size_t across) const {
    const double end = last_ ? static_cast<double>(last_) : 1,
                 tic = std::max(tic_distance(end, across == 1 ? 10 : 5), 1.);
    const bool thousands = tic >= 1000 && std::fmod(tic, 1000) == 0 && end < 1e6;
    return "set xrange [0:" + number(end) + "]\nset xtics " + number(tic) + " format " +
           (thousands ? "'%.0s%c'" : "'%.0f'") + "\n";
  }

  std::string panel(std::size_t i, const AxisRange& range) const {
    const std::size_t layer = layers_[i], values = 2 + i * results_.models.size() * (smooth_ ? 2 : 1);
    std::string s = "\n";
    if (layers_.size() > 1 || layer)
      s += "set label 4 " + quoted(layer ? "layer " + std::to_string(layer) : "network") +
           " at graph 0.5,1.05 center tc rgb '#333333'\n";
    s += range.cut ? "# From what the models do in the last three quarters of the steps; for everything: set "
                     "yrange [*:*]\n"
                   : "";
    s += "set yrange [" + number(range.low) + ":" + number(range.high) + "]\nplot ";
    std::string lines;
    const auto add = [&](const std::string& line) { lines += (lines.empty() ? "" : ", \\\n     ") + line; };
    const std::string file = quoted(column_.metric + ".tsv");
    for (const double start : control(layer))
      if (start >= range.low && start <= range.high)
        add(number(start) + " title 'control (untrained)' with lines lt 100");
    for (std::size_t m = 0; smooth_ && m < results_.models.size(); ++m)
      add(file + " using 1:" + std::to_string(values + 2 * m) + " notitle with lines lt " +
          std::to_string(m + 1) + " lw 0.8 lc rgb '#A8" + colour(m) + "'");
    for (std::size_t m = 0; m < results_.models.size(); ++m)
      add(file + " using 1:" + std::to_string(smooth_ ? values + 2 * m + 1 : values + m) + " title " +
          quoted(results_.models[m]) + " with " + (few_ ? "linespoints" : "lines") + " lt " +
          std::to_string(m + 1));
    s += lines + "\n";
    if (i == 0) s += "unset label 1; unset label 2; unset label 3; unset key\n";
    return s;
  }

  /// A row a step, a column a layer and model.
  std::string data() const {
    std::string head = "step";
    std::map<std::uint64_t, std::vector<double>> rows;
    const double nan = std::nan("");
    const std::size_t width = layers_.size() * results_.models.size() * (smooth_ ? 2 : 1);
    std::size_t c = 0;
    for (const std::size_t layer : layers_)
      for (const std::string& model : results_.models) {
        const Points& points = of(layer, model);
        const std::string name = model + (layer ? " layer " + std::to_string(layer) : "");
        head += "\t" + name + (smooth_ ? "\t" + name + " mean of " + std::to_string(mean_rows) : "");
        const std::vector<double> means = smooth_ ? centred_means(points) : std::vector<double>{};
        for (std::size_t i = 0; i < points.size(); ++i) {
          std::vector<double>& row = rows.try_emplace(points[i].step, width, nan).first->second;
          row[c] = points[i].value;
          if (smooth_) row[c + 1] = means[i];
        }
        c += smooth_ ? 2 : 1;
      }
    std::string text = head + "\n";
    for (const auto& [step, values] : rows) {
      text += std::to_string(step);
      for (const double x : values) text += "\t" + number(x);
      text += "\n";
    }
    return text;
  }

  const RunResults& results_;
  const Series& series_;
  const Column& column_;
  std::vector<std::size_t> layers_;
  std::uint64_t last_ = 0;
  bool smooth_ = false, few_ = false;
};

}  // namespace pipeline::reports
