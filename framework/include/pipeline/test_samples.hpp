// Two models on the same test samples: how far their difference could be due to the choice of the samples.
#pragma once
#include <cmath>
#include <optional>
#include <string>

#include <pipeline/results.hpp>

namespace pipeline {

/// How many test samples each of two models classifies correctly, in one run.
struct TestDifference {
  std::size_t samples = 0, both = 0, only_first = 0, only_second = 0;  // right answers

  double first() const { return static_cast<double>(both + only_first) / static_cast<double>(samples); }
  double second() const { return static_cast<double>(both + only_second) / static_cast<double>(samples); }
  double difference() const {
    return (static_cast<double>(only_first) - static_cast<double>(only_second)) / static_cast<double>(samples);
  }
  /// The standard error of the difference: that of the mean of +1, 0 and -1 over the samples. What both models get right
  /// or wrong adds nothing (McNemar 1947, Psychometrika 12, 153).
  double standard_error() const {
    const double n = static_cast<double>(samples), d = difference();
    const double apart = static_cast<double>(only_first + only_second) / n;
    return std::sqrt((apart - d * d) / n);
  }
};

/// Nothing where the run has no predictions of one of them.
PIPELINE_API std::optional<TestDifference> test_difference(const RunResults& results, const std::string& first,
                                                           const std::string& second);
/// Whether a value, with the nine digits of metrics.csv, is the model's share of right answers on the test set.
PIPELINE_API bool is_share_of_right_answers(const RunResults& results, const std::string& model, double value);

}  // namespace pipeline
