#include "comparing/test_error.hpp"

#include <algorithm>
#include <cmath>
#include <pipeline/test_samples.hpp>

namespace pipeline::comparing {

namespace {

/// Whether the last values of the two models are their shares of right answers, in every run that has both.
bool are_shares_of_right_answers(const Comparison& c, const ComparedRuns& runs) {
  bool any = false;
  for (const ComparedRun* run : runs) {
    for (const std::string& model : {c.model, c.reference}) {
      const Points& points = run->series.of(c.metric, c.layer, model);
      if (points.empty() || run->results->failures.contains(model)) continue;
      if (!is_share_of_right_answers(*run->results, model, points.back().value)) return false;
      any = true;
    }
  }
  return any;
}

std::optional<TestError> error_of(const Comparison& c, const ComparedRuns& runs) {
  std::vector<double> sums;  // by sample: model right minus reference right, over the runs
  std::vector<std::uint16_t> labels;
  std::size_t used = 0, only_model = 0, only_reference = 0;
  for (const ComparedRun* compared : runs) {
    const RunResults* const run = compared->results.get();
    if (run->failures.contains(c.model) || run->failures.contains(c.reference)) continue;
    const auto truth = run->test_labels(), model = run->predicted(c.model), reference = run->predicted(c.reference);
    if (truth.empty() || model.size() != truth.size() || reference.size() != truth.size()) return std::nullopt;
    if (labels.empty()) labels = truth, sums.resize(truth.size());
    if (labels != truth) return std::nullopt;  // another test set
    ++used;
    for (std::size_t i = 0; i < truth.size(); ++i) {
      const int difference = (model[i] == truth[i]) - (reference[i] == truth[i]);
      sums[i] += difference;
      only_model += difference > 0;
      only_reference += difference < 0;
    }
  }
  if (used == 0) return std::nullopt;
  for (double& s : sums) s /= static_cast<double>(used);
  const Estimate e = estimate(sums);
  TestError error{sums.size(), e.mean, e.sd / std::sqrt(static_cast<double>(e.n)), std::nullopt};
  // The sign test of the samples on which the two disagree (McNemar 1947), for one run.
  if (used == 1) error.p = binomial_p(only_model, only_model + only_reference);
  return error;
}

}  // namespace

void add_test_errors(std::vector<Comparison>& comparisons, const ComparedRuns& runs) {
  for (Comparison& c : comparisons)
    if (c.layer == 0 && are_shares_of_right_answers(c, runs)) c.test = error_of(c, runs);
}

}  // namespace pipeline::comparing
