#include "comparing/comparison.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "base/csv.hpp"
#include "base/numbers.hpp"
#include "base/utf8.hpp"

namespace pipeline::comparing {

using base::csv_field;

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

LastValue last_of(const ComparedRun& run, const LastValues& of, const std::string& model) {
  LastValue value;
  value.failed = run.results->failures.contains(model);
  const Points& points = run.series.of(of.metric, of.layer, model);
  if (!value.failed && !points.empty() && std::isfinite(points.back().value)) value.emplace(points.back().value);
  return value;
}

/// Ranks from 1 of the absolute values, ties in the middle, with the sign of each.
std::vector<double> signed_ranks(const std::vector<double>& differences) {
  std::vector<double> ranks;
  for (const double d : differences) {
    double below = 0, equal = 0;
    for (const double other : differences) {
      below += std::abs(other) < std::abs(d);
      equal += std::abs(other) == std::abs(d);
    }
    ranks.push_back(d == 0 ? 0 : std::copysign(below + (equal + 1) / 2, d));
  }
  return ranks;
}

struct Pairs {
  std::vector<double> model, reference, differences;
  std::vector<double>
      with_failed;  // differences, infinite where one of the two failed: positive if the model is better
  std::size_t dropped = 0, failed = 0;
  bool one_failed = false;
};

Pairs pairs_of(const std::vector<LastValue>& model, const std::vector<LastValue>& reference) {
  constexpr double worst = std::numeric_limits<double>::infinity();
  Pairs pairs;
  for (std::size_t run = 0; run < model.size(); ++run) {
    if (model[run] && reference[run]) {
      pairs.model.push_back(*model[run]);
      pairs.reference.push_back(*reference[run]);
      pairs.differences.push_back(*model[run] - *reference[run]);
      pairs.with_failed.push_back(pairs.differences.back());
      continue;
    }
    ++pairs.dropped;
    pairs.failed += model[run].failed || reference[run].failed;
    // A model that failed lost to one that has a value. Of two without, or of one that was not measured, nothing is known.
    if (!(model[run].failed && reference[run]) && !(reference[run].failed && model[run])) continue;
    pairs.one_failed = true;
    pairs.with_failed.push_back(model[run] ? worst : -worst);
  }
  return pairs;
}

Comparison compared(const LastValues& values, const std::string& model, const std::string& reference,
                    const Pairs& pairs, const ComparisonOptions& options) {
  Comparison c;
  c.metric = values.metric;
  c.layer = values.layer;
  c.better = values.better;
  c.model = model;
  c.reference = reference;
  const double level = 1 - options.level();
  c.of_model = estimate(pairs.model, level);
  c.of_reference = estimate(pairs.reference, level);
  c.of_difference = estimate(pairs.differences, level);
  c.dropped = pairs.dropped;
  c.failed = pairs.failed;
  const std::size_t n = pairs.differences.size();
  const double mean = c.of_difference.mean, sd = c.of_difference.sd;
  c.d_z = n < 2 || (mean == 0 && sd == 0) ? nan : mean / sd;
  c.p = sign_flip_p(pairs.differences);
  const double sign = values.better == Direction::lower ? -1 : 1;
  if (pairs.one_failed && values.better != Direction::neither) {
    // A failed model counts as worse, in the direction of the metric.
    std::vector<double> differences = pairs.with_failed;
    for (double& d : differences)
      if (std::isinf(d)) d *= sign;
    c.p_failed_as_worst = sign_flip_p(signed_ranks(differences));
  }
  for (const double d : pairs.differences) {
    c.wins += sign * d > 0;
    c.ties += d == 0;
  }
  c.wins_interval = n > c.ties ? binomial_interval(c.wins, n - c.ties, level) : Interval{0, 1};
  return c;
}

/// `hypotheses` are tested together by Holm's method.
Verdict verdict_of(const Comparison& c, std::size_t hypotheses, const Pairs& pairs, const ComparisonOptions& options) {
  const std::size_t n = pairs.differences.size();
  const double alpha = options.level();
  // Other models may have fewer pairs, so that Holm's correction is milder than by all of them.
  if (static_cast<double>(hypotheses) * smallest_p(n) > alpha && c.p_holm > alpha) return Verdict::untestable;
  if (const auto delta = options.delta.find(c.metric); delta != options.delta.end()) {
    const Interval inner = estimate(pairs.differences, 1 - 2 * alpha).interval;  // two one-sided tests
    if (-delta->second < inner.low && inner.high < delta->second) return Verdict::equivalent;
  }
  if (c.p_holm > alpha) return Verdict::undecided;
  if (c.better == Direction::neither) return Verdict::differs;
  return (c.of_difference.mean > 0) == (c.better == Direction::higher) ? Verdict::better : Verdict::worse;
}

}  // namespace

const char* word_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::better:
      return "better";
    case Verdict::worse:
      return "worse";
    case Verdict::differs:
      return "differs";
    case Verdict::equivalent:
      return "equivalent";
    case Verdict::undecided:
      return "undecided";
    case Verdict::untestable:
      return "untestable";
  }
  return "";
}

std::vector<LastValues> last_values(const ComparedRuns& runs) {
  std::vector<LastValues> all;
  std::vector<std::string> models;
  for (const ComparedRun* run : runs) {
    for (const std::string& model : run->results->models)
      if (std::ranges::find(models, model) == models.end()) models.push_back(model);
    for (const Column& column : run->series.columns)
      for (const std::size_t layer : column.layers) {
        const auto is_same = [&](const LastValues& v) { return v.metric == column.metric && v.layer == layer; };
        if (std::ranges::none_of(all, is_same))
          all.push_back({column.metric, layer, column.info.better, column.info.unit, {}});
      }
  }
  for (LastValues& values : all)
    for (const std::string& model : models) {
      auto& of_model = values.models.emplace_back(model, std::vector<LastValue>{}).second;
      for (const ComparedRun* run : runs) of_model.push_back(last_of(*run, values, model));
    }
  return all;
}

bool is_meant(const std::string& name, const LastValues& values, const std::vector<LastValues>& all) {
  if (values.metric == name) return true;
  if (std::ranges::find(all, name, &LastValues::metric) != all.end()) return false;
  return values.metric.starts_with(name + ".") ||
         (values.layer && name == values.metric + "." + std::to_string(values.layer));
}

std::vector<Comparison> compare(const std::vector<LastValues>& values, const ComparisonOptions& options) {
  std::vector<Comparison> all;
  for (const LastValues& v : values) {
    if (v.models.empty()) continue;
    const std::string name = options.reference.empty() ? v.models.front().first : options.reference;
    const auto reference = std::ranges::find(v.models, name, [](const auto& m) { return m.first; });
    if (reference == v.models.end()) continue;
    std::vector<Comparison> together;
    std::vector<Pairs> pairs;
    std::vector<double> p;
    for (const auto& [model, of_model] : v.models) {
      if (model == name) continue;
      Pairs of_pair = pairs_of(of_model, reference->second);
      if (of_pair.differences.empty()) continue;
      together.push_back(compared(v, model, name, of_pair, options));
      p.push_back(together.back().p);
      pairs.push_back(std::move(of_pair));
    }
    const std::vector<double> adjusted = holm(p);
    for (std::size_t i = 0; i < together.size(); ++i) {
      together[i].p_holm = adjusted[i];
      together[i].tested_together = together.size();
      together[i].verdict = verdict_of(together[i], together.size(), pairs[i], options);
      all.push_back(std::move(together[i]));
    }
  }
  return all;
}

double detectable_difference(const Comparison& c, const ComparisonOptions& options) {
  const std::size_t n = c.of_difference.n;
  const double sd = c.of_difference.sd;
  if (n < 2) return std::numeric_limits<double>::infinity();
  return sd > 0 ? detectable_effect(n, 0.8, options.level()) * sd : 0;
}

std::size_t runs_needed(const Comparison& c, const ComparisonOptions& options) {
  return c.of_difference.n >= 2 && c.of_difference.sd > 0 ? pairs_needed(c.d_z, 0.8, options.level()) : 0;
}

std::string as_csv(const std::vector<GroupComparison>& groups) {
  using base::nine_digits;
  std::string text;
  if (!groups.empty())
    for (const auto& [key, value] : groups.front().settings) text += csv_field(key) + ",";
  text += "metric,layer,model,reference,n,mean,reference_mean,difference,low,high,d_z,p,p_holm,wins,verdict\n";
  for (const GroupComparison& group : groups) {
    std::string first;
    for (const auto& [key, value] : group.settings) first += csv_field(value) + ",";
    for (const Comparison& c : group.comparisons) {
      text += first + c.metric + "," + (c.layer ? std::to_string(c.layer) : "") + "," + c.model + "," + c.reference +
              "," + std::to_string(c.of_difference.n);
      for (const double x : {c.of_model.mean, c.of_reference.mean, c.of_difference.mean, c.of_difference.interval.low,
                             c.of_difference.interval.high, c.d_z, c.p, c.p_holm})
        text += "," + nine_digits(x);
      text += "," + std::to_string(c.wins) + "," + word_of(c.verdict) + "\n";
    }
  }
  return text;
}

}  // namespace pipeline::comparing
