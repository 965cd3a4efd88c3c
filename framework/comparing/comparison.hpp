// Paired comparisons of models over runs that differ in their seed: in each run all models start from the same weights
// and see the same batches, so their difference is compared run by run.
//
// Only last values are compared: the best value of a run was chosen on the test set.
#pragma once
#include <map>
#include <optional>
#include <pipeline/metric.hpp>
#include <string>
#include <vector>

#include "comparing/runs.hpp"
#include "comparing/statistics.hpp"

namespace pipeline::comparing {

/// The last value of a model in a run; none where the model failed, or where it was not measured or is not finite.
struct LastValue : std::optional<double> {
  using std::optional<double>::optional;
  bool failed = false;
};

/// The last values of one metric in one layer, by model.
struct LastValues {
  std::string metric;
  std::size_t layer = 0;  // 0: the whole network
  Direction better = Direction::neither;
  std::string unit;
  std::vector<std::pair<std::string, std::vector<LastValue>>> models;  // in file order, each by run
};
/// Of runs of the same models and metrics, in the order of the pipeline file. What only some runs measure is compared
/// in those.
std::vector<LastValues> last_values(const ComparedRuns& runs);

enum class Verdict {
  better,
  worse,
  differs,     // as better or worse, of a metric without a direction
  equivalent,  // the 90 % interval of the difference lies within the stated delta
  undecided,
  untestable,  // with so few pairs, no data could reach a p-value of alpha
};
const char* word_of(Verdict verdict);

/// Metrics by name. "accuracy" also means accuracy.train and others where nothing has that very name;
/// "snr_optimality.1" means layer 1.
bool is_meant(const std::string& name, const LastValues& values, const std::vector<LastValues>& all);

struct ComparisonOptions {
  std::string reference;                // the first model if empty
  std::map<std::string, double> delta;  // by metric: differences up to this size do not matter
  double alpha = 0.05;
  std::size_t looks = 1;  // at a growing sweep: alpha is divided by them, as Bonferroni does

  double level() const { return alpha / static_cast<double>(looks); }
};

/// The difference of two models on one test set, averaged over the runs.
struct TestError {
  std::size_t samples = 0;
  double difference = 0, standard_error = 0;  // over the samples, whose answers are paired
  std::optional<double> p;                    // of one run: McNemar's exact test
};

/// One model against the reference, in one metric and layer. Differences are model minus reference.
struct Comparison {
  std::string metric;
  std::size_t layer = 0;
  Direction better = Direction::neither;
  std::string model, reference;
  Estimate of_model, of_reference, of_difference;  // over the pairs
  std::size_t dropped = 0, failed = 0;  // runs in which one of the two has no value; and those in which one failed
  double d_z = 0;                       // mean difference in its standard deviations; NaN if both are 0
  double p = 1, p_holm = 1;             // sign flips; adjusted for all models of this metric and layer
  std::size_t tested_together = 1;      // so many models
  /// Where one model of a pair failed, and not the other: p with that pair ranked as the greatest difference, on signed ranks.
  std::optional<double> p_failed_as_worst;
  std::size_t wins = 0, ties = 0;  // pairs in which the model is better, or higher where the metric has no direction
  Interval wins_interval;          // of the probability of a win, without the ties
  std::optional<std::uint64_t> since;  // set by add_onsets(): the step from which the difference shows to the end
  std::optional<TestError> test;       // set by add_test_errors() for shares of right answers
  Verdict verdict = Verdict::undecided;
};

/// Every model but the reference, for each of `values`. Of values with fewer than one pair there is no comparison. Names
/// in the options that do not occur here have no effect.
std::vector<Comparison> compare(const std::vector<LastValues>& values, const ComparisonOptions& options);

/// The smallest difference that as many pairs with this spread detect with a power of 80 %: by the t test, without a
/// correction for several models. 0 without a spread, infinite for one pair.
double detectable_difference(const Comparison& comparison, const ComparisonOptions& options);
/// The pairs that it takes to detect the difference seen with that power; 0: more than a million, or none was seen.
std::size_t runs_needed(const Comparison& comparison, const ComparisonOptions& options);

/// The comparisons of runs that share these settings, and differ from other runs in them.
struct GroupComparison {
  std::vector<std::pair<std::string, std::string>> settings;
  std::vector<Comparison> comparisons;
};

/// A header and a row for each comparison: <settings>,metric,layer,model,reference,n,mean,reference_mean,difference,low,
/// high,d_z,p,p_holm,wins,verdict. Numbers have 9 significant digits.
std::string as_csv(const std::vector<GroupComparison>& groups);

}  // namespace pipeline::comparing
