// The content of the page of a sweep.
#pragma once
#include <cmath>
#include <pipeline/sweep_results.hpp>

#include "content.hpp"

namespace pipeline::reports {

class SweepContent {
 public:
  SweepContent(const SweepResults& sweep, Packed& numbers) : sweep_(sweep), numbers_(numbers) {}

  Json json() const {
    Json models = Json::array(), groups = Json::array();
    for (const std::string& model : sweep_.models) models.push_back({{"name", model}});
    for (const SweepGroup& group : sweep_.groups) groups.push_back(json_of(group));
    return {{"kind", "sweep"},
            {"name", sweep_.pipeline},
            {"question", opening_comment(sweep_.text)},
            {"folder", sweep_.folder.string()},
            {"jobs", sweep_.jobs},
            {"ended", sweep_.ended},
            {"failed", sweep_.failed},
            {"models", models},
            {"warnings", sweep_.warnings},
            {"groups", groups},
            {"definitions", definitions(sweep_.plugins, {})},
            {"facts", facts(sweep_.facts, sweep_.plugins)},
            {"pipeline", sweep_.text}};
  }

 private:
  Column column(const std::string& metric) const {
    for (const MeasuredMetric& section : sweep_.metrics)
      if (section.section == metric.substr(0, metric.find('.'))) return column_of(section, metric);
    return column_of({metric, metric, {}}, metric);
  }
  std::size_t number_of(const std::string& model) const {
    return static_cast<std::size_t>(std::ranges::find(sweep_.models, model) - sweep_.models.begin());
  }
  static Json number(double x) { return std::isfinite(x) ? Json(x) : Json(nullptr); }

  Json json_of(const SweepGroup& group) const {
    Json settings = Json::array(), comparisons = Json::array();
    for (const auto& [key, value] : group.settings) settings.push_back({key, value});
    for (const ModelComparison& c : group.comparisons) {
      const Column of = column(c.metric);
      comparisons.push_back({{"title", of.title},
                             {"train", is_of_training(of)},
                             {"layer", c.layer},
                             {"model", c.model},
                             {"reference", c.reference},
                             {"pairs", c.pairs},
                             {"wins", of.info.better == Direction::neither ? Json(nullptr) : Json(c.wins)},
                             {"ties", c.ties},
                             {"mean", number(c.mean)},
                             {"reference_mean", number(c.reference_mean)},
                             {"difference", number(c.difference)},
                             {"low", number(c.low)},
                             {"high", number(c.high)},
                             {"tested_together", c.tested_together},
                             {"runs_enough", c.runs_enough},
                             {"p", number(c.p_holm)},
                             {"verdict", c.verdict},
                             {"since", c.since ? Json(*c.since) : Json(nullptr)},
                             {"test_error", c.test_error ? number(*c.test_error) : Json(nullptr)}});
    }
    return {{"settings", settings},
            {"seeds", group.seeds},
            {"comparisons", comparisons},
            {"charts", charts(group.means, "")},
            {"differences",
             charts(group.differences, group.comparisons.empty() ? "" : group.comparisons.front().reference)}};
  }

  /// One chart for each metric and layer. `reference` is the model that differences are from.
  Json charts(const std::vector<Band>& bands, const std::string& reference) const {
    Json all = Json::array();
    std::map<std::tuple<std::string, std::size_t, bool>, std::size_t> places;
    for (const Band& band : bands) {
      if (band.points.empty()) continue;
      const Column of = column(band.metric);
      const bool train = is_of_training(of) && reference.empty();
      // The training and the test samples of one metric share a chart, but not their differences.
      const auto key = std::tuple(reference.empty() ? of.title : band.metric, band.layer, false);
      const auto [place, is_new] = places.emplace(key, all.size());
      if (is_new) {
        Json chart = chart_of(of, band.layer);
        chart["kind"] = "band";
        if (!reference.empty()) chart["zero"] = true, chart["note"] = "minus " + reference;
        if (!reference.empty() && is_of_training(of)) chart["title"] = of.title + " (training)";
        all.push_back(std::move(chart));
      } else if (!of.split.empty() && all[place->second]["split"] != of.split) {
        all[place->second]["split"] = "test and training";
      }
      // Bands of differences are infinite where the runs are too few for any.
      if (!reference.empty() &&
          std::ranges::none_of(band.points, [](const BandPoint& p) { return std::isfinite(p.low); }))
        all[place->second]["note"] = "minus " + reference + "; too few runs for a band: this shows nothing";
      Json curve = packed(band.points);
      curve["model"] = number_of(band.model);
      if (train) curve["train"] = true;
      all[place->second]["curves"].push_back(std::move(curve));
    }
    return all;
  }

  Json packed(const std::vector<BandPoint>& points) const {
    std::vector<double> all, steps, low, middle, high;
    for (const BandPoint& p : points) all.push_back(p.middle);
    for (const std::size_t i : shown_indices(all)) {
      const BandPoint& p = points[i];
      steps.push_back(static_cast<double>(p.step));
      middle.push_back(p.middle);
      const bool known = std::isfinite(p.low) && std::isfinite(p.high);
      low.push_back(known ? p.low : std::nan(""));
      high.push_back(known ? p.high : std::nan(""));
    }
    return {{"steps", as_json(numbers_.add(steps))},
            {"values", as_json(numbers_.add(middle))},
            {"low", as_json(numbers_.add(low))},
            {"high", as_json(numbers_.add(high))},
            {"of", points.size()}};
  }

  const SweepResults& sweep_;
  Packed& numbers_;
};

}  // namespace pipeline::reports
