#include "results/summary_json.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

#include "results/run_folder.hpp"

namespace pipeline::results {

using Json = nlohmann::ordered_json;

Direction SummaryJson::better(const std::string& metric) {
  if (const auto known = directions_.find(metric); known != directions_.end()) return known->second;
  for (const MeasuredMetric& section : metrics_)
    if (metric.substr(0, metric.find('.')) == section.section)
      return directions_[metric] = column_of(section, metric).info.better;
  return directions_[metric] = Direction::neither;
}

void SummaryJson::add(const Row& row) {
  LastAndBest& v = values_[row.model][row.metric][row.layer];
  v.last = {row.step, row.value};
  const Direction direction = better(row.metric);
  if (direction == Direction::neither || std::isnan(row.value)) return;
  if (v.has_best && !is_better(direction, row.value, v.best.value)) return;
  v.best = v.last;
  v.has_best = true;
}

void SummaryJson::write(const std::filesystem::path& file) const {
  const auto number = [](double x) { return std::isnan(x) ? Json(nullptr) : Json(x); };
  Json j = Json::object();
  for (const auto& [model, metrics] : values_)
    for (const auto& [metric, layers] : metrics)
      for (const auto& [layer, v] : layers) {
        Json value = {{"last", number(v.last.value)}, {"last_step", v.last.step}};
        if (const auto at = went_back_.find(model); at != went_back_.end() && v.last.step >= at->second.stop)
          value["restored_step"] = at->second.restored;
        if (v.has_best) value["best"] = number(v.best.value), value["best_step"] = v.best.step;
        if (layer)
          j[model][metric][std::to_string(layer)] = value;
        else
          j[model][metric] = value;
      }
  write_file(file, j.dump(2) + "\n");
}

}  // namespace pipeline::results
