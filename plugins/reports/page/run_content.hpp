// The content of the page of one run.
#pragma once
#include <fstream>
#include <map>
#include <optional>
#include <pipeline/report.hpp>
#include <pipeline/test_samples.hpp>
#include <sstream>

#include "content.hpp"
#include "pictures.hpp"
#include "without_stroke.hpp"

namespace pipeline::reports {

class RunContent {
 public:
  RunContent(const RunResults& results, std::uint64_t last, bool final, Packed& numbers)
      : results_(results), series_(results, last), last_(last), final_(final), numbers_(numbers) {}

  Json json() {
    Json page = {{"kind", "run"},
                 {"name", results_.pipeline},
                 {"question", question()},
                 {"folder", results_.folder.string()},
                 {"step", last_},
                 {"steps", results_.steps},
                 {"state", final_ ? results_.status : "running"},
                 {"models", models()},
                 {"verdict", verdict()},
                 {"charts", charts()}};
    page["scatters"] = scatters();
    page["histograms"] = histograms();
    Pictures pictures(results_, numbers_);
    pictures.add_to(page);
    page["definitions"] = definitions(results_.plugins, resolved());
    page["facts"] = facts(results_.facts, results_.plugins);
    page["pipeline"] = file("pipeline.ini");
    page["resolved"] = file("resolved.ini");
    return page;
  }

 private:
  std::string file(const char* name) const {
    std::ifstream in(results_.folder / name, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
  }
  std::string question() const { return opening_comment(file("pipeline.ini")); }

  Json models() const {
    Json all = Json::array();
    std::map<std::string, std::string> settings;
    for (const PipelineSection& section : resolved())
      if (section.name.starts_with("model:"))
        for (const auto& [key, value] : section.settings)
          settings[section.name.substr(6)] +=
              (settings[section.name.substr(6)].empty() ? "" : "\n") + key + " = " + value;
    for (const std::string& model : results_.models) {
      Json j = {{"name", model}, {"settings", settings[model]}};
      if (const auto failed = results_.failures.find(model); failed != results_.failures.end())
        j["failed"] = failed->second;
      if (const auto stopped = results_.stopped.find(model); stopped != results_.stopped.end())
        j["stopped"] = stopped->second;
      if (const auto back = results_.restored.find(model); back != results_.restored.end())
        j["restored"] = back->second;
      if (const auto remarks = results_.remarks.find(model); remarks != results_.remarks.end())
        j["remarks"] = remarks->second;
      all.push_back(std::move(j));
    }
    return all;
  }
  std::vector<PipelineSection> resolved() const {
    try {
      return results_.resolved();
    } catch (const std::exception&) {
      return {};  // of a damaged or earlier folder; everything else is still worth showing
    }
  }

  /// The last value of every model, and its standard error where it is a share of right answers on the test set.
  Json verdict() const {
    Json rows = Json::array();
    for (const Column& column : series_.columns)
      for (const std::size_t layer : column.layers) {
        Json values = Json::array();
        std::vector<std::string> names = {"control"};
        names.insert(names.end(), results_.models.begin(), results_.models.end());
        for (const std::string& model : names) {
          const Points& points = series_.of(column.metric, layer, model);
          if (points.empty()) {
            values.push_back(nullptr);
            continue;
          }
          const Point& p = points.back();
          const auto back = results_.restored.find(model);
          const bool restored = back != results_.restored.end() && p.step == series_.last_step(model);
          Json value = {{"value", std::isnan(p.value) ? "NaN" : nine_digits(p.value)},
                        {"step", restored ? back->second : p.step}};
          if (const auto error = standard_error(column, layer, model, p)) value["error"] = *error;
          values.push_back(std::move(value));
        }
        Json row = chart_of(column, layer);
        row.erase("curves");
        row["values"] = std::move(values);
        rows.push_back(std::move(row));
      }
    return rows;
  }
  std::optional<double> standard_error(const Column& column, std::size_t layer, const std::string& model,
                                       const Point& last) const {
    if (layer != 0 || !final_ || column.split != "test" || !is_share_of_right_answers(results_, model, last.value))
      return std::nullopt;
    return std::sqrt(last.value * (1 - last.value) / static_cast<double>(results_.test_labels().size()));
  }

  Json charts() {
    Json all = Json::array();
    std::map<std::pair<std::string, std::size_t>, std::size_t> by_title;  // where one with this title and layer is
    for (const Column& column : series_.columns)
      for (const std::size_t layer : column.layers) {
        Json curves = Json::array();
        for (std::size_t m = 0; m < results_.models.size(); ++m) {
          auto [points, back] = series_.curve(column.metric, layer, results_.models[m]);
          if (points.empty() && !back) continue;
          const std::size_t measured = points.size();
          Json curve = packed_curve(numbers_, without_stroke(std::move(points)));
          curve["of"] = measured;
          curve["model"] = m;
          if (is_of_training(column)) curve["train"] = true;
          if (back) curve["restored"] = {back->step, std::isnan(back->value) ? "NaN" : nine_digits(back->value)};
          curves.push_back(std::move(curve));
        }
        if (curves.empty()) continue;
        const auto [place, is_new] = by_title.emplace(std::pair(column.title, layer), all.size());
        if (is_new) all.push_back(chart_of(column, layer));
        Json& chart = all[place->second];
        if (!is_new && !column.split.empty()) chart["split"] = "test and training";
        for (Json& curve : curves) chart["curves"].push_back(std::move(curve));
      }
    return all;
  }

  /// Points of w against c, at some of the measured steps: a megabyte of them at most.
  Json scatters() {
    Json all = Json::array();
    constexpr std::size_t most_values = 250'000;
    for (const MeasuredMetric& metric : results_.metrics) {
      Json models = Json::array();
      std::size_t values = 0, steps_there = 0;
      std::vector<std::string> names = {"control"};
      names.insert(names.end(), results_.models.begin(), results_.models.end());
      for (const std::string& model : names) {
        const std::vector<std::uint64_t> steps = results_.node_steps(model, metric.section, "points");
        steps_there = std::max(steps_there, steps.size());
        if (!steps.empty())
          values = std::max<std::size_t>(values, results_.nodes(model, metric.section, "points", 0).n_elem);
      }
      if (values == 0) continue;
      const std::size_t most_steps = std::clamp<std::size_t>(most_values / (values * names.size()), 2, 20);
      for (const std::string& model : names) {
        const std::vector<std::uint64_t> steps = results_.node_steps(model, metric.section, "points");
        Json at = Json::array();
        for (const std::size_t i : spread(steps.size(), most_steps)) {
          if (steps[i] > last_) continue;
          const arma::mat points = results_.nodes(model, metric.section, "points", i);
          Json nodes = Json::array();
          for (arma::uword c = 0; c + 1 < points.n_cols; c += 2)
            nodes.push_back({{"node", node_of(metric.section, model, steps[i], c / 2)},
                             {"w", as_json(numbers_.add(rounded(points.col(c))))},
                             {"c", as_json(numbers_.add(rounded(points.col(c + 1))))}});
          at.push_back({{"step", steps[i]}, {"nodes", std::move(nodes)}});
        }
        models.push_back({{"name", model}, {"at", std::move(at)}});
      }
      const bool best =
          std::ranges::any_of(results_.rows, [&](const Row& row) { return row.metric == metric.section + ".node"; });
      all.push_back(
          {{"section", metric.section}, {"best", best}, {"steps", steps_there}, {"models", std::move(models)}});
    }
    return all;
  }
  /// Which node a pair of columns is of, where metrics.csv says so.
  std::string node_of(const std::string& section, const std::string& model, std::uint64_t step, std::size_t nth) const {
    std::vector<std::string> numbered;
    const std::string prefix = section + ".snr_optimality_";
    for (const Row& row : results_.rows) {
      if (row.model != model || row.step != step || !row.metric.starts_with(section + ".")) continue;
      if (row.metric == section + ".node")
        return "node " + nine_digits(row.value) + " of layer " + std::to_string(row.layer);
      if (row.metric.starts_with(prefix))
        numbered.push_back("node " + row.metric.substr(prefix.size()) + " of layer " + std::to_string(row.layer));
    }
    return nth < numbered.size() ? numbered[nth] : "node " + std::to_string(nth + 1) + " of those drawn";
  }
  /// A ten-thousandth of a picture's side is less than a pixel.
  static std::vector<double> rounded(const arma::vec& values) {
    std::vector<double> out;
    for (const double x : values) out.push_back(std::round(x * 1e4) / 1e4);
    return out;
  }
  /// At most so many indices below n, the first and the last among them.
  static std::vector<std::size_t> spread(std::size_t n, std::size_t most) {
    std::vector<std::size_t> out;
    const std::size_t count = std::min(n, most);
    for (std::size_t i = 0; i < count; ++i) out.push_back(count == 1 ? 0 : i * (n - 1) / (count - 1));
    return out;
  }

  /// How the values of the nodes of each layer are spread, at some of the measured steps.
  Json histograms() {
    constexpr std::size_t bins = 30, most_histograms = 800;
    std::size_t figures = 0;
    for (const MeasuredMetric& metric : results_.metrics)
      for (std::size_t layer = 1; layer <= most_layers; ++layer)
        figures += std::ranges::any_of(results_.models, [&](const std::string& model) {
          return !results_.node_steps(model, metric.section, std::to_string(layer)).empty();
        });
    if (figures == 0) return Json::array();
    const std::size_t most_steps = std::clamp<std::size_t>(most_histograms / (figures * results_.models.size()), 2, 20);
    Json all = Json::array();
    for (const MeasuredMetric& metric : results_.metrics)
      for (std::size_t layer = 1; layer <= most_layers; ++layer) {
        const std::string name = std::to_string(layer);
        double low = infinity, high = -infinity;
        std::vector<std::pair<std::string, std::vector<std::pair<std::uint64_t, arma::mat>>>> models;
        for (const std::string& model : results_.models) {
          models.push_back({model, {}});
          const std::vector<std::uint64_t> steps = results_.node_steps(model, metric.section, name);
          for (const std::size_t i : spread(steps.size(), most_steps)) {
            if (steps[i] > last_) continue;
            arma::mat values = results_.nodes(model, metric.section, name, i);
            const arma::mat finite = values.elem(arma::find_finite(values));
            if (finite.n_elem < 2) continue;
            low = std::min(low, finite.min()), high = std::max(high, finite.max());
            models.back().second.emplace_back(steps[i], finite);
          }
        }
        if (!(high > low)) continue;
        Json of_models = Json::array();
        for (const auto& [model, measured] : models) {
          Json at = Json::array();
          for (const auto& [step, values] : measured) {
            std::vector<double> counts(bins, 0);
            for (const double x : values)
              counts[std::min(bins - 1, static_cast<std::size_t>((x - low) / (high - low) * bins))] += 1;
            at.push_back({{"step", step}, {"counts", as_json(numbers_.add(counts))}});
          }
          of_models.push_back({{"name", model}, {"at", std::move(at)}});
        }
        const Column column = column_of(metric, metric.section);
        all.push_back({{"title", column.title},
                       {"unit", column.info.unit},
                       {"layer", layer},
                       {"low", low},
                       {"high", high},
                       {"bins", bins},
                       {"models", std::move(of_models)}});
      }
    return all;
  }

  static constexpr std::size_t most_layers = 20;
  const RunResults& results_;
  Series series_;
  std::uint64_t last_;
  bool final_;
  Packed& numbers_;
};

}  // namespace pipeline::reports
