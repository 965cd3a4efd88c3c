// Pictures of samples and weights, and what the models answer: in at most `budget` bytes before compression.
#pragma once
#include <algorithm>
#include <array>
#include <optional>
#include <pipeline/results.hpp>

#include "content.hpp"

namespace pipeline::reports {

class Pictures {
 public:
  static constexpr std::size_t budget = 300'000;  // bytes of pictures, one a pixel and channel

  Pictures(const RunResults& results, Packed& numbers) : results_(results), numbers_(numbers) {}

  void add_to(Json& page) {
    page["confusions"] = confusions();
    const Data* data = nullptr;
    try {
      data = &results_.data();
    } catch (const std::exception& e) {
      page["no_pictures"] = std::string("The samples are not shown: ") + e.what();
      return;
    }
    image_ = data->image;
    if (image_.width * image_.height == 0) return;
    page["image"] = {image_.width, image_.height, channels(data->test)};
    page["samples"] = samples(data->test);
    page["mistakes"] = mistakes(data->test);
    page["weights"] = weights(data->test);
    page["budget"] = budget;
  }

 private:
  std::string name_of_class(std::size_t c) const {
    return c < results_.class_names.size() ? results_.class_names[c] : std::to_string(c);
  }
  std::size_t channels(const Samples& samples) const { return samples.features() / (image_.width * image_.height); }

  /// How often each class was answered for each true class, of every model.
  Json confusions() const {
    const std::vector<std::uint16_t> labels = results_.test_labels();
    if (labels.empty()) return Json::array();
    std::size_t classes = results_.class_names.size();
    for (const std::uint16_t l : labels) classes = std::max<std::size_t>(classes, l + 1u);
    constexpr std::size_t most_classes = 30;
    if (classes > most_classes) return Json::array();
    Json models = Json::array(), names = Json::array();
    for (std::size_t c = 0; c < classes; ++c) names.push_back(name_of_class(c));
    for (const std::string& model : results_.models) {
      const std::vector<std::uint16_t> answers = results_.predicted(model);
      if (answers.size() != labels.size()) continue;
      std::vector<std::vector<std::size_t>> counts(classes, std::vector<std::size_t>(classes));
      for (std::size_t i = 0; i < labels.size(); ++i)
        if (answers[i] < classes) ++counts[labels[i]][answers[i]];
      models.push_back({{"name", model}, {"counts", counts}});
    }
    if (models.empty()) return Json::array();
    return {{"classes", names}, {"models", models}};
  }

  /// A sample as bytes, 0 to 255 over the range of its own values unless they are bytes already.
  Json picture(const Samples& from, std::size_t i) {
    std::vector<double> pixels;
    if (from.bytes.n_cols) {
      for (const std::uint8_t b : from.bytes.col(i)) pixels.push_back(b);
    } else {
      const arma::fvec values = from.floats.col(i);
      const double low = values.min(), span = std::max<double>(values.max() - low, 1e-30);
      for (const float x : values) pixels.push_back(std::round(255 * (x - low) / span));
    }
    used_ += pixels.size();
    return as_json(numbers_.add(pixels));
  }
  bool fits(const Samples& of) const { return used_ + of.features() <= budget; }

  Json samples(const Samples& test) {
    Json all = Json::array();
    std::vector<std::size_t> seen(results_.class_names.size() + 64);
    for (std::size_t i = 0; i < test.size() && all.size() < 30 && fits(test); ++i)
      if (test.labels[i] < seen.size() && seen[test.labels[i]]++ < 2)  // two of each class
        all.push_back({{"label", name_of_class(test.labels[i])}, {"sample", i}, {"pixels", picture(test, i)}});
    return all;
  }

  /// Samples that models get wrong: first those on which they disagree, then those that all get wrong.
  Json mistakes(const Samples& test) {
    std::vector<std::vector<std::uint16_t>> answers;
    answers.reserve(results_.models.size());
    for (const std::string& model : results_.models) answers.push_back(results_.predicted(model));
    const std::vector<std::uint16_t> labels = results_.test_labels();
    if (labels.size() != test.size()) return Json::array();
    std::array<std::vector<std::size_t>, 2> kinds;  // disagreed, all wrong
    std::array<std::size_t, 2> totals = {};
    for (std::size_t i = 0; i < labels.size(); ++i) {
      std::size_t wrong = 0, known = 0;
      for (const auto& a : answers)
        if (a.size() == labels.size()) ++known, wrong += a[i] != labels[i];
      if (wrong == 0) continue;
      const std::size_t kind = wrong == known ? 1 : 0;
      if (kinds[kind].size() < 20) kinds[kind].push_back(i);
      ++totals[kind];
    }
    Json all = Json::array();
    for (const std::size_t kind : {0u, 1u}) {
      Json shown = Json::array();
      for (const std::size_t i : kinds[kind]) {
        if (!fits(test)) break;
        Json said = Json::array();
        for (const auto& a : answers)
          said.push_back(a.size() == labels.size() ? Json(name_of_class(a[i])) : Json(nullptr));
        shown.push_back(
            {{"label", name_of_class(labels[i])}, {"sample", i}, {"answers", said}, {"pixels", picture(test, i)}});
      }
      all.push_back({{"title", kind == 0 ? "where models disagree" : "that every model gets wrong"},
                     {"total", totals[kind]},
                     {"shown", shown}});
    }
    return all;
  }

  /// The weights of layer 1 of the best and the worst node of each model, by the first metric of nodes with a direction.
  Json weights(const Samples& test) {
    Json all = Json::array();
    for (const std::string& model : results_.models) {
      const auto arrays = results_.weights(model);
      const auto W = arrays.find("W1");  // [inputs x nodes]
      if (W == arrays.end() || W->second.n_rows != test.features()) continue;
      const MeasuredMetric* by = nullptr;
      arma::mat values;
      for (const MeasuredMetric& m : results_.metrics)
        if (!by && m.info.better != Direction::neither) {
          values = results_.newest(model, m.section, "1");
          if (values.n_elem == W->second.n_cols && arma::find_finite(values).eval().n_elem > 0) by = &m;
        }
      if (!by) continue;
      std::optional<arma::uword> best, worst;
      for (arma::uword k = 0; k < values.n_elem; ++k) {
        if (std::isnan(values[k])) continue;
        if (!best || is_better(by->info.better, values[k], values[*best])) best = k;
        if (!worst || is_better(by->info.better, values[*worst], values[k])) worst = k;
      }
      for (const auto& [which, k] : {std::pair("best", *best), std::pair("worst", *worst)}) {
        if (!fits(test)) break;
        const arma::fvec w = W->second.col(k);
        const double reach = std::max<double>(arma::abs(w).max(), 1e-30);
        std::vector<double> pixels;  // 128 is 0
        for (const float x : w) pixels.push_back(std::round(127.5 + 127.5 * x / reach));
        used_ += pixels.size();
        all.push_back({{"model", model},
                       {"which", which},
                       {"node", k + 1},
                       {"metric", column_of(*by, by->section).title},
                       {"value", nine_digits(values[k])},
                       {"reach", reach},
                       {"pixels", as_json(numbers_.add(pixels))}});
      }
    }
    return all;
  }

  const RunResults& results_;
  Packed& numbers_;
  ImageShape image_ = {};
  std::size_t used_ = 0;
};

}  // namespace pipeline::reports
