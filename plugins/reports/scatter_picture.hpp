// The points of a node, its weights against c: a panel for control and for each model.
#pragma once
#include "picture.hpp"
#include "series.hpp"

namespace pipeline::reports {

class ScatterPicture {
 public:
  ScatterPicture(const RunResults& results, const Series& series, const std::string& section)
      : results_(results), series_(series), section_(section) {
    std::vector<std::string> names = {"control"};
    names.insert(names.end(), results.models.begin(), results.models.end());
    for (const std::string& model : names)
      if (arma::mat points = results.newest(model, section, "points"); points.n_cols == 2)
        panels_.push_back({model, std::move(points)});
  }
  bool empty() const { return panels_.empty(); }

  Picture draw() const {
    const std::size_t across = std::min<std::size_t>(panels_.size(), 4),
                      down = (panels_.size() + across - 1) / across;
    const double side =
        across == 1 ? 360 : 1000. / static_cast<double>(across) - 62;  // pixels of a square panel
    const Frame frame{1000, static_cast<int>(104 + static_cast<double>(down) * (side + 100))};
    const auto share = [&](double pixels) { return number(pixels / frame.height); };
    std::string s =
        opening(section_, section_, "the closer to the diagonal, the better the node; after the last update",
                results_, frame);
    s += "set multiplot layout " + std::to_string(down) + "," + std::to_string(across) +
         " margins 0.065,0.98," + share(58) + "," + number(1 - 112. / frame.height) + " spacing 0.05," +
         share(100) + "\n" +
         "set size square\nunset key\nset grid noxtics noytics\n"
         "# the quadrants where a weight agrees with c in sign\n"
         "set object 1 rectangle from 0,0 to graph 1,1 fc rgb '#EFEFEF' fs solid noborder behind\n"
         "set object 2 rectangle from graph 0,0 to 0,0 fc rgb '#EFEFEF' fs solid noborder behind\n"
         "set xlabel 'W_k / ||W_k||' tc rgb " +
         grey + " offset 0,0.4\nset ylabel 'c_k / ||c_k||' tc rgb " + grey + " offset 1.2,0\n";
    for (std::size_t i = 0; i < panels_.size(); ++i) s += panel(i);
    return {section_, data(), s + "unset multiplot\n" + closing};
  }

 private:
  struct Panel {
    std::string model;
    arma::mat points;  // [inputs x 2]: w, c, each of unit length
  };

  std::string panel(std::size_t i) const {
    const Panel& panel = panels_[i];
    const auto found = std::find(results_.models.begin(), results_.models.end(), panel.model);
    const auto m = static_cast<std::size_t>(found - results_.models.begin());
    const std::string look =
        found == results_.models.end() ? "pt 7 lc rgb '#60000000'" : "pt 7 lc rgb '#40" + colour(m) + "'";
    const arma::vec finite = panel.points.elem(arma::find_finite(panel.points));
    const double reach =
        finite.is_empty() || arma::abs(finite).max() == 0 ? 1 : 1.06 * arma::abs(finite).max();
    const std::string size = number(reach), file = quoted(section_ + ".tsv");
    return "\nset label 4 " + quoted(panel.model == "control" ? "control (untrained)" : panel.model) +
           " at graph 0,1 offset 0,1.7 tc rgb '#1A1A1A'\nset label 5 " + quoted(node(panel.model)) +
           " at graph 0,1 offset 0,0.7 font ',9' tc rgb " + grey + "\nset xrange [-" + size + ":" + size +
           "]\nset yrange [-" + size + ":" + size + "]\nset tics " + number(tic_distance(2 * reach, 5)) +
           "\nplot x with lines lw 1 lc rgb '#9A9A9A', " + file + " using " + std::to_string(2 * i + 1) +
           ":" + std::to_string(2 * i + 2) + " with points ps 0.45 " + look + "\n" +
           (i == 0 ? "unset label 1; unset label 2; unset label 3; unset ylabel\n" : "");
  }

  /// "node 7 of layer 3, S = 0.659", as far as metrics.csv tells.
  std::string node(const std::string& model) const {
    std::string text;
    for (const Column& column : series_.columns) {
      if (column.section != section_) continue;
      for (const std::size_t layer : column.layers) {
        const Points& points = series_.of(column.metric, layer, model);
        if (points.empty()) continue;
        const double x = points.back().value;
        if (column.metric == section_ + ".node")
          text = "node " + number(x) + " of layer " + std::to_string(layer) + text;
        if (column.metric == section_ + ".snr_optimality") {
          char digits[32];
          text += (text.empty() ? "S = " : ", S = ") +
                  std::string(digits, std::to_chars(digits, digits + 32, x, std::chars_format::fixed, 3).ptr);
        }
      }
    }
    return text;
  }

  std::string data() const {
    std::string text;
    arma::uword rows = 0;
    for (const Panel& panel : panels_) {
      text += (text.empty() ? "" : "\t") + panel.model + " W\t" + panel.model + " c";
      rows = std::max(rows, panel.points.n_rows);
    }
    for (arma::uword r = 0; r < rows; ++r) {
      std::string line;
      for (const Panel& panel : panels_)
        for (arma::uword c = 0; c < 2; ++c)
          line += "\t" + number(r < panel.points.n_rows ? panel.points(r, c) : std::nan(""));
      text += "\n" + line.substr(1);
    }
    return text + "\n";
  }

  const RunResults& results_;
  const Series& series_;
  std::string section_;
  std::vector<Panel> panels_;
};

}  // namespace pipeline::reports
