// The weights of a node against its c: one panel for control and one for each model.
#pragma once
#include <optional>

#include <pipeline/series.hpp>
#include "picture.hpp"

namespace pipeline::reports {

class ScatterPicture {
 public:
  /// Draws the newest matrix "points" of the section, with two columns per node: w and c, each of unit length.
  ScatterPicture(const RunResults& results, const Series& series, const std::string& section, const Look& look)
      : results_(results), series_(series), section_(section), look_(look) {
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
    reach_ = common_reach();
  }
  bool empty() const { return panels_.empty(); }

  Picture draw() const {
    const std::size_t across = std::min<std::size_t>(panels_.size(), 4), down = (panels_.size() + across - 1) / across;
    constexpr double apart = 50, titles = 40, below = 58;  // pixels
    const double room = static_cast<double>(look_.width) - left_edge - right_edge;
    // of a square panel
    const double side = std::max((room + apart) / static_cast<double>(std::max<std::size_t>(across, 2)) - apart, 100.);
    const Frame frame(look_, results_, readable(section_), "the closer to the diagonal, the better the node", how(), {},
                      titles + below + static_cast<double>(down) * (side + 100) - 100);
    std::string script = frame.opening(section_) + frame.panels(down, across, below, apart, 100) +
                         R"(set size square
unset key
set grid noxtics noytics
# the quadrants where a weight and its c agree in sign
set object 1 rectangle from 0,0 to graph 1,1 fc rgb '#EFEFEF' fs solid noborder behind
set object 2 rectangle from graph 0,0 to 0,0 fc rgb '#EFEFEF' fs solid noborder behind
set xlabel 'weights W_k / ||W_k||' tc rgb '#5A5A5A' offset 0,0.4
set ylabel 'c_k / ||c_k||' tc rgb '#5A5A5A' offset 1.2,0
)" +
                         fill("set xrange [-<reach>:<reach>]; set yrange [-<reach>:<reach>]; set tics <tic>\n",
                              {{"reach", number(reach_)}, {"tic", number(tic_distance(2 * reach_, 5))}});
    for (std::size_t i = 0; i < panels_.size(); ++i) script += panel(i) + (i == 0 ? after_first_panel : "");
    return {section_, data(), script + closing};
  }

 private:
  struct Panel {
    std::string model, look;
    std::size_t nth_node;
    arma::mat points;
  };

  /// All panels have the same axes, so that they can be compared. One weight may be many times as large as all others:
  /// in each panel 1 % of the points may lie outside.
  double common_reach() const {
    double reach = 0;
    for (const Panel& panel : panels_)
      if (const arma::vec sizes = arma::sort(sizes_of(panel)); !sizes.is_empty())
        reach = std::max(reach, sizes(sizes.n_elem - 1 - sizes.n_elem / 100));
    return reach > 0 ? 1.06 * reach : 1;
  }
  /// The larger coordinate of each point that can be drawn, without its sign.
  static arma::vec sizes_of(const Panel& panel) {
    const arma::vec sums = arma::sum(panel.points, 1), sizes = arma::max(arma::abs(panel.points), 1);
    return sizes.elem(arma::find_finite(sums));
  }
  bool has_outside(const Panel& panel) const { return arma::any(sizes_of(panel) > reach_); }
  std::string how() const {
    std::string text = "each model at its last measurement; all axes are the same";
    if (std::any_of(panels_.begin(), panels_.end(), [&](const Panel& p) { return has_outside(p); }))
      text += "; squares at the edge: points outside the axes";
    return text;
  }

  std::string panel(std::size_t i) const {
    const Panel& panel = panels_[i];
    const std::string points = fill("<file> using <w>:<c> with points pt 7 ps <size> lc rgb '<look>'",
                                    {{"file", quoted(section_ + ".tsv")},
                                     {"w", number(2 * i + 1)},
                                     {"c", number(2 * i + 2)},
                                     {"size", panel.points.n_rows > 400 ? "0.3" : "0.45"},
                                     {"look", panel.look}});
    const std::string outside =
        has_outside(panel)
            ? fill(
                  ", \\\n     <file> using (abs($<w>) > r || abs($<c>) > r ? edge($<w>) : NaN):(edge($<c>)) "
                  "with points pt 4 ps 0.7 lc rgb '<look>'",
                  {{"file", quoted(section_ + ".tsv")},
                   {"w", number(2 * i + 1)},
                   {"c", number(2 * i + 2)},
                   {"look", panel.look}})
            : "";
    return fill(R"(
set label 100 <title> at graph 0,1 offset 0,1.7 tc rgb '#1A1A1A'
set label 101 <node> at graph 0,1 offset 0,0.7 font ',9' tc rgb '#5A5A5A'
<edge>plot x with lines lw 1 lc rgb '#9A9A9A', <points><outside>
)",
                {{"title", quoted(panel.model + measured(panel.model))},
                 {"node", quoted(node(panel))},
                 {"edge", outside.empty() ? "" : "r = " + number(reach_) + "; edge(x) = x > r ? r : x < -r ? -r : x\n"},
                 {"points", points},
                 {"outside", outside}});
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
  const Look& look_;
  std::vector<Panel> panels_;
  double reach_ = 1;  // of every axis, to either side of 0
};

}  // namespace pipeline::reports
