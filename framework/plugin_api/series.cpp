#include <pipeline/series.hpp>

#include <algorithm>
#include <cmath>

namespace pipeline {

namespace {
/// `name` is the part after the section's name: "", ".penalty", ".train.penalty".
bool on_train(const std::string& name) { return name == ".train" || name.starts_with(".train."); }

/// A section that is not named like its plugin has its own name because the file has a reason for it.
std::string title_of(const MeasuredMetric& section) {
  return section.section == section.plugin && !section.info.title.empty() ? section.info.title
                                                                          : readable(section.section);
}
}  // namespace

Column column_of(const MeasuredMetric& section, const std::string& metric) {
  Column column{metric, section.section, title_of(section), section.info, "", {}};
  const std::string name = metric.substr(section.section.size());
  const std::string value = on_train(name) ? name.substr(std::string(".train").size()) : name;
  if (!value.empty()) column.title += ", " + readable(value.substr(1));
  if (const auto unit = section.info.unit_of.find(value.substr(std::min<std::size_t>(value.size(), 1)));
      unit != section.info.unit_of.end())
    column.info.unit = unit->second;
  if (!value.empty() && std::ranges::find(section.info.better_for, value.substr(1)) == section.info.better_for.end()) {
    column.info.better = Direction::neither;  // a separate quantity, perhaps not of any samples, such as a penalty
  } else if (const std::string& on = section.info.on; !on.empty()) {
    column.split = on_train(name) || on == "train" ? "training" : on == "validation" ? on : "test";
  }
  return column;
}

std::string readable(std::string name) {
  std::ranges::replace(name, '_', ' ');
  return name;
}

bool is_better(Direction better, double a, double b) {
  if (better == Direction::neither || std::isnan(a)) return false;
  return std::isnan(b) || (better == Direction::higher ? a > b : a < b);
}

std::string direction_words(Direction better) {
  return better == Direction::neither ? "" : better == Direction::higher ? "higher is better" : "lower is better";
}

Series::Series(const RunResults& results, std::uint64_t last) {
  for (const auto& [model, step] : results.restored) restored_.insert(model);
  for (const Row& row : results.rows)
    if (row.step <= last) {
      points_[row.metric][row.layer][row.model].push_back({row.step, row.value});
      last_step_[row.model] = row.step;
    }
  for (const MeasuredMetric& section : results.metrics)
    for (const auto& [metric, layers] : points_) {  // sorted: "loss" comes before "loss.penalty"
      if (metric.substr(0, metric.find('.')) != section.section) continue;
      columns.push_back(column_of(section, metric));
      for (const auto& [layer, models] : layers) columns.back().layers.insert(layer);
    }
}

const Points& Series::of(const std::string& metric, std::size_t layer, const std::string& model) const {
  static const Points none;
  const auto m = points_.find(metric);
  if (m == points_.end()) return none;
  const auto l = m->second.find(layer);
  if (l == m->second.end()) return none;
  const auto found = l->second.find(model);
  return found == l->second.end() ? none : found->second;
}

Series::Curve Series::curve(const std::string& metric, std::size_t layer, const std::string& model) const {
  Curve curve{of(metric, layer, model), std::nullopt};
  if (restored_.contains(model) && !curve.points.empty() && curve.points.back().step == last_step(model)) {
    curve.went_back = curve.points.back();
    curve.points.pop_back();
  }
  return curve;
}

std::optional<std::uint64_t> Series::last_step(const std::string& model) const {
  const auto found = last_step_.find(model);
  return found == last_step_.end() ? std::nullopt : std::optional(found->second);
}

arma::mat RunResults::newest(const std::string& model, const std::string& section, const std::string& name) const {
  const std::size_t count = node_steps(model, section, name).size();
  return count ? nodes(model, section, name, count - 1) : arma::mat();
}

}  // namespace pipeline
