// What the page of a run and the page of a sweep have in common.
#pragma once
#include <nlohmann/json.hpp>
#include <optional>
#include <pipeline/numbers.hpp>

#include "numbers.hpp"

namespace pipeline::reports {

using Json = nlohmann::ordered_json;

inline Json as_json(const Packed::Place& place) { return {place.at, place.count, place.decimals}; }

/// A curve: where its steps and values are, and of how many points these are the ones to show.
inline Json packed_curve(Packed& numbers, const Points& points) {
  std::vector<double> values, steps, shown;
  for (const Point& p : points) values.push_back(p.value);
  for (const std::size_t i : shown_indices(values)) {
    steps.push_back(static_cast<double>(points[i].step));
    shown.push_back(values[i]);
  }
  return {{"steps", as_json(numbers.add(steps))}, {"values", as_json(numbers.add(shown))}, {"of", points.size()}};
}

/// The comment at the head of a pipeline file, without its marks: its question, and what to expect.
inline std::string opening_comment(const std::string& file) {
  std::string text;
  std::size_t from = 0;
  while (from < file.size() && (file[from] == '#' || file[from] == ';')) {
    std::size_t end = std::min(file.find('\n', from), file.size());
    std::size_t begin = from + 1;
    if (begin < end && file[begin] == ' ') ++begin;
    std::size_t stop = end;
    while (stop > begin && file[stop - 1] == '\r') --stop;
    text += file.substr(begin, stop - begin) + "\n";
    from = end + 1;
  }
  return text;
}

/// What the settings of a plugin begin with in a section that uses it by this key: "l2." where `l2.plugin = l2`, "adam."
/// where `optimiser = adam`, "subset." where `wrappers = subset, standardise`, "" where `plugin = mnist`.
inline std::optional<std::string> prefix_of(const UsedPlugin& plugin, const std::string& section,
                                            const std::string& key, const std::string& value) {
  if (key == "wrappers" && plugin.kind == "dataset" &&
      (", " + value + ",").find(", " + plugin.name + ",") != value.npos)
    return plugin.name + ".";
  if (value != plugin.name) return std::nullopt;
  if (key == "optimiser" && plugin.kind == "optimiser") return plugin.name + ".";
  if (key == "plugin" && section.substr(0, section.find(':')) == plugin.kind) return "";
  if (key.ends_with(".plugin") && plugin.kind == "regulariser") return key.substr(0, key.rfind('.') + 1);
  return std::nullopt;
}

/// Where a run uses this plugin, and with which settings: "[metric:S]" or "[model:l2]", and a line for each.
inline std::string settings_in_force(const UsedPlugin& plugin, const std::vector<PipelineSection>& resolved) {
  std::string text;
  for (const PipelineSection& section : resolved)
    for (const auto& [used_by, name] : section.settings) {
      const std::optional<std::string> prefix = prefix_of(plugin, section.name, used_by, name);
      if (!prefix) continue;
      text += "[" + section.name + "]\n";
      for (const auto& [key, value] : section.settings)
        if (key.starts_with(*prefix) && key != *prefix + "plugin") text += "  " + key + " = " + value + "\n";
    }
  return text;
}

/// Formula, symbols and source of each plugin, in its own words; the settings that a run gives it come first, because
/// the words also tell of other ones.
inline Json definitions(const std::vector<UsedPlugin>& plugins, const std::vector<PipelineSection>& resolved) {
  Json all = Json::array();
  for (const UsedPlugin& p : plugins) {
    if (p.about.empty()) continue;
    const std::string settings = settings_in_force(p, resolved);
    all.push_back({{"kind", p.kind}, {"name", p.name}, {"settings", settings}, {"text", p.about}});
  }
  return all;
}

inline Json facts(const std::vector<std::pair<std::string, std::string>>& facts,
                  const std::vector<UsedPlugin>& plugins) {
  Json all = Json::array();
  for (const auto& [name, value] : facts) all.push_back({name, value});
  for (const UsedPlugin& p : plugins)
    all.push_back({"plugin", p.kind + " " + p.name + " " + p.version + ", " + p.library + ", SHA-256 " + p.sha256});
  return all;
}

/// Of a section with on = both: the columns of the training samples, named values such as a penalty among them.
inline bool is_of_training(const Column& column) {
  return column.metric == column.section + ".train" || column.metric.starts_with(column.section + ".train.");
}

/// Charts by title: the training and the test samples of one metric share one.
inline Json chart_of(const Column& column, std::size_t layer) {
  const bool has_split = !column.split.empty();
  return {{"section", column.section},
          {"title", column.title},
          {"unit", column.info.unit},
          {"better", direction_words(column.info.better)},
          {"layer", layer},
          {"split", has_split ? column.split : ""},
          {"curves", Json::array()}};
}

}  // namespace pipeline::reports
