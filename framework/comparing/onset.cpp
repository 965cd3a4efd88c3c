#include "comparing/onset.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <pipeline/random.hpp>

namespace pipeline::comparing {

namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

/// The sum and the standard error of a step's differences with these signs, as |mean| / standard error.
double studentized(const std::vector<double>& differences, const std::vector<int>& signs) {
  const double n = static_cast<double>(differences.size());
  double sum = 0, squares = 0;
  for (std::size_t i = 0; i < differences.size(); ++i) {
    sum += signs[i] * differences[i];
    squares += differences[i] * differences[i];
  }
  const double variance = (squares - sum * sum / n) / (n - 1);
  if (variance <= 1e-24 * squares) return sum == 0 ? 0 : infinite;  // all of one size and sign, up to rounding
  return std::abs(sum / n) / std::sqrt(variance / n);
}

}  // namespace

DifferenceCurve difference_curve(const ComparedRuns& runs, const std::string& metric, std::size_t layer,
                                 const std::string& model, const std::string& reference, double alpha) {
  std::map<std::uint64_t, std::vector<double>> by_step;
  DifferenceCurve curve;
  for (const ComparedRun* run : runs) {
    const auto& failures = run->results->failures;
    if (failures.contains(model) || failures.contains(reference)) continue;
    ++curve.runs;
    std::map<std::uint64_t, double> of_reference;
    for (const Point& p : run->series.of(metric, layer, reference)) of_reference[p.step] = p.value;
    for (const Point& p : run->series.of(metric, layer, model))
      if (const auto other = of_reference.find(p.step); other != of_reference.end())
        by_step[p.step].push_back(p.value - other->second);
  }
  std::vector<std::vector<double>> differences;
  for (auto& [step, values] : by_step) {
    if (values.size() != curve.runs || std::ranges::any_of(values, [](double x) { return std::isnan(x); })) continue;
    curve.steps.push_back(step);
    differences.push_back(std::move(values));
  }
  if (curve.runs < 2 || differences.empty()) {
    curve.steps.clear();
    return curve;
  }

  // The distribution of the largest ratio, over the choices of signs.
  constexpr std::size_t enumerated = 12;
  const std::size_t choices = std::size_t{1} << std::min(curve.runs, enumerated);
  const Random random(1, "band", "", "");
  std::vector<double> largest;
  std::vector<int> signs(curve.runs, 1);
  for (std::size_t choice = 0; choice < choices; ++choice) {
    const Random drawn = random.at_step(choice);
    for (std::size_t i = 0; i < curve.runs; ++i) {
      const bool flips = curve.runs <= enumerated ? choice >> i & 1 : choice > 0 && (drawn.word(i) & 1u);
      signs[i] = flips ? -1 : 1;  // the first choice is the data as they are
    }
    double most = 0;
    for (const std::vector<double>& d : differences) most = std::max(most, studentized(d, signs));
    largest.push_back(most);
  }
  std::ranges::sort(largest);
  // At most a share alpha of the choices lies strictly above c.
  const auto above = static_cast<std::size_t>(alpha * static_cast<double>(choices));
  // Sign flips test zero; around another mean they can be too narrow, but never narrower than the t interval of one step.
  const double of_one_step = t_quantile(static_cast<double>(curve.runs - 1), 1 - alpha / 2);
  const double c = above == 0 ? infinite : std::max(largest[choices - 1 - above], of_one_step);

  const std::vector<int> as_they_are(curve.runs, 1);
  std::optional<std::uint64_t> since;
  for (std::size_t i = 0; i < differences.size(); ++i) {
    const double n = static_cast<double>(curve.runs);
    double sum = 0, squares = 0;
    for (const double x : differences[i]) sum += x;
    for (const double x : differences[i]) squares += (x - sum / n) * (x - sum / n);
    curve.mean.push_back(sum / n);
    curve.half_width.push_back(std::isinf(c) ? infinite : c * std::sqrt(squares / (n - 1) / n));
    const bool excludes_zero = !std::isinf(c) && studentized(differences[i], as_they_are) > c;
    if (!excludes_zero)
      since = std::nullopt;
    else if (!since)
      since = curve.steps[i];
  }
  curve.onset = since;
  return curve;
}

void add_onsets(std::vector<Comparison>& comparisons, const ComparedRuns& runs, double alpha) {
  for (Comparison& c : comparisons) {
    if (c.verdict == Verdict::undecided || c.verdict == Verdict::untestable) continue;
    const auto together = std::ranges::count_if(
        comparisons, [&](const Comparison& other) { return other.metric == c.metric && other.layer == c.layer; });
    c.since =
        difference_curve(runs, c.metric, c.layer, c.model, c.reference, alpha / static_cast<double>(together)).onset;
  }
}

}  // namespace pipeline::comparing
