// The results of a sweep: how its models compare over runs that differ in their seed, and the curves behind that.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include <pipeline/results.hpp>

namespace pipeline {

/// A value at a step with its interval over the runs; the interval is infinite where there are too few.
struct BandPoint {
  std::uint64_t step = 0;
  double low = 0, middle = 0, high = 0;
};

/// One metric of one model against the step.
struct Band {
  std::string metric;     // a column of metrics.csv
  std::size_t layer = 0;  // 0: the whole network
  std::string model;
  std::vector<BandPoint> points;
};

/// One model against the reference in one metric and layer, by last values. Differences are model minus reference.
struct ModelComparison {
  std::string metric;
  std::size_t layer = 0;
  std::string model, reference;
  std::size_t pairs = 0, wins = 0, ties = 0;  // wins: the model is better, or higher where neither is
  double mean = 0, reference_mean = 0;
  double difference = 0, low = 0, high = 0;  // the 95 % t interval over the pairs
  std::size_t tested_together = 1;           // so many models of this metric and layer are compared
  std::size_t runs_enough = 0;               // from so many pairs on, p_holm can reach .05
  double p_holm = 1;                         // exact, by sign flips; adjusted for all models of this metric and layer
  std::string verdict;                       // better, worse, differs, equivalent, undecided or untestable
  std::optional<std::uint64_t> since;        // the step from which the difference shows to the end
  std::optional<double> test_error;          // of a share of right answers: its standard error over the test samples
};

/// Runs that differ in their seed only.
struct SweepGroup {
  std::vector<std::pair<std::string, std::string>> settings;  // what distinguishes it from the other groups
  std::vector<std::string> seeds;
  std::vector<ModelComparison> comparisons;
  std::vector<Band> means;        // over the seeds, with the 95 % t interval at each step
  std::vector<Band> differences;  // of `comparisons`, with the band that holds for all steps together
};

struct SweepResults {
  std::filesystem::path folder;
  std::string pipeline, text;       // its name, and its file
  std::size_t jobs = 0, ended = 0;  // all, and those whose runs are compared
  std::size_t failed = 0;           // those that failed without results
  std::vector<std::string> models;
  std::vector<MeasuredMetric> metrics;
  std::vector<UsedPlugin> plugins;
  std::vector<std::pair<std::string, std::string>> facts;
  std::vector<std::string> warnings;
  std::vector<SweepGroup> groups;
};

}  // namespace pipeline
