// The weights of a node against its c: one panel for control and one for each model.
#pragma once
#include <optional>

#include <pipeline/series.hpp>
#include "picture.hpp"

namespace pipeline::reports {

class ScatterPicture {
 public:
  /// Draws the newest matrix "points" of the section, with two columns per node: w and c, each of unit length.
  ScatterPicture(const RunResults& results, const Series& series, const std::string& section)
      : results_(results), series_(series), section_(section) {
    std::vector<std::string> models = {"control"};
    models.insert(models.end(), results.models.begin(), results.models.end());
    std::vector<arma::mat> points;
    arma::uword columns = 0;
    for (const std::string& model : models) {
      points.push_back(results.newest(model, section, "points"));
      columns = std::max(columns, points.back().n_cols);
    }
    for (arma::uword c = 0; c + 1 < columns; c += 2)
      for (std::size_t m = 0; m < models.size(); ++m)
        if (points[m].n_cols > c + 1)
          panels_.push_back({models[m], m ? "#40" + colour(m - 1) : "#60000000", c / 2, points[m].cols(c, c + 1)});
  }
  bool empty() const { return panels_.empty(); }

  Picture draw() const {
    const std::size_t across = std::min<std::size_t>(panels_.size(), 4), down = (panels_.size() + across - 1) / across;
    const double side = across == 1 ? 360 : 915. / static_cast<double>(across) - 37;  // of a square panel, in pixels
    const double height = 70 + static_cast<double>(down) * (side + 100);
    std::string script =
        opening(section_, "the closer to the diagonal, the better the node; each model at its last measurement",
                results_, height) +
        panels(down, across, 112, 58, height, 50, 100) + R"(set size square
unset key
set grid noxtics noytics
# the quadrants where a weight and its c agree in sign
set object 1 rectangle from 0,0 to graph 1,1 fc rgb '#EFEFEF' fs solid noborder behind
set object 2 rectangle from graph 0,0 to 0,0 fc rgb '#EFEFEF' fs solid noborder behind
set xlabel 'W_k / ||W_k||' tc rgb '#6E6E6E' offset 0,0.4
set ylabel 'c_k / ||c_k||' tc rgb '#6E6E6E' offset 1.2,0
)";
    for (std::size_t i = 0; i < panels_.size(); ++i) script += panel(i) + (i == 0 ? after_first_panel : "");
    return {section_, data(), script + closing};
  }

 private:
  struct Panel {
    std::string model, look;
    std::size_t nth_node;
    arma::mat points;
  };

  std::string panel(std::size_t i) const {
    const Panel& panel = panels_[i];
    const arma::vec finite = arma::abs(panel.points.elem(arma::find_finite(panel.points)));
    const double reach = finite.is_empty() || finite.max() == 0 ? 1 : 1.06 * finite.max();
    return fill(R"(
set label 4 <title> at graph 0,1 offset 0,1.7 tc rgb '#1A1A1A'
set label 5 <node> at graph 0,1 offset 0,0.7 font ',9' tc rgb '#6E6E6E'
set xrange [-<reach>:<reach>]; set yrange [-<reach>:<reach>]; set tics <tic>
plot x with lines lw 1 lc rgb '#9A9A9A', <file> using <w>:<c> with points pt 7 ps <size> lc rgb '<look>'
)",
                {{"title", quoted(panel.model + measured(panel.model))},
                 {"node", quoted(node(panel))},
                 {"reach", number(reach)},
                 {"tic", number(tic_distance(2 * reach, 5))},
                 {"file", quoted(section_ + ".tsv")},
                 {"w", number(2 * i + 1)},
                 {"c", number(2 * i + 2)},
                 {"size", panel.points.n_rows > 400 ? "0.3" : "0.45"},
                 {"look", panel.look}});
  }

  /// ", step 1000": the step at which the model's points were measured.
  std::string measured(const std::string& model) const {
    if (model == "control") return " (untrained)";
    std::optional<std::uint64_t> last;
    for (const Row& row : results_.rows)
      if (row.model == model && (row.metric == section_ || row.metric.starts_with(section_ + "."))) last = row.step;
    return last ? ", step " + std::to_string(*last) : "";
  }

  /// "node 7 of layer 3, S = 0.659", or the part of it that metrics.csv has: from the values `node` and
  /// `snr_optimality`, or, where several nodes are drawn, from one value `snr_optimality_<node>` each, in that order.
  std::string node(const Panel& panel) const {
    const std::string S_name = section_ + ".snr_optimality", numbered = S_name + "_";
    std::string which, S, of_layer;
    std::vector<std::string> seen;
    for (const Row& row : results_.rows) {
      if (!row.metric.starts_with(section_ + ".") || row.model != panel.model) continue;
      if (row.metric.starts_with(numbered) && std::find(seen.begin(), seen.end(), row.metric) == seen.end())
        seen.push_back(row.metric);
    }
    const std::string name = panel.nth_node < seen.size() ? seen[panel.nth_node] : S_name;
    if (name != S_name) which = "node " + name.substr(numbered.size());
    for (const Column& column : series_.columns) {
      if (column.metric != name && column.metric != section_ + ".node") continue;
      for (const std::size_t layer : column.layers) {
        const Points& points = series_.of(column.metric, layer, panel.model);
        if (points.empty()) continue;
        if (column.metric == name) S = "S = " + fixed(points.back().value, 3);
        if (column.metric != name)
          which = std::isnan(points.back().value) ? "no defined node" : "node " + number(points.back().value);
        of_layer = " of layer " + number(layer);
      }
    }
    return which.empty() ? S : which + of_layer + (S.empty() ? "" : ", ") + S;
  }

  std::string data() const {
    std::string text;
    arma::uword rows = 0;
    for (const Panel& panel : panels_) {
      const std::string name = panel.model + (panel.nth_node ? " " + number(panel.nth_node + 1) : "");
      text += (text.empty() ? "" : "\t") + name + " W\t" + name + " c";
      rows = std::max(rows, panel.points.n_rows);
    }
    for (arma::uword r = 0; r < rows; ++r)
      for (std::size_t i = 0; i < 2 * panels_.size(); ++i) {
        const arma::mat& points = panels_[i / 2].points;
        text += (i ? "\t" : "\n") + number(r < points.n_rows ? points(r, i % 2) : std::nan(""));
      }
    return text + "\n";
  }

  const RunResults& results_;
  const Series& series_;
  std::string section_;
  std::vector<Panel> panels_;
};

}  // namespace pipeline::reports
