// What metrics are tried on: a network, another one to compare with, and samples of three splits.
#pragma once
#include "conformance/bench.hpp"
#include "study/evaluation.hpp"

namespace pipeline::conformance {

/// The network, samples and models that a metric is shown.
struct Stage {
  Samples train, test, validation;
  learning::Inputs train_inputs{train}, test_inputs{test}, validation_inputs{validation};
  Network start, network, rival;
  std::uint64_t step = 40;

  Stage(Network untrained, Network trained, Network other, Samples on_train, Samples on_test, Samples on_validation);
  Stage(const Stage&) = delete;

  NetworkShape shape() const;
  /// Skips where check() refuses this network.
  void fits_or_skips(const study::MetricSection& m) const;

  /// `ended`: the models to compare with are there no more.
  study::Measured measure(const Network& of, const std::vector<const study::MetricSection*>& due,
                          bool ended = false) const;
  study::Measured measure(const study::MetricSection& m) const { return measure(network, {&m}); }
};

/// After 40 steps, and the rival after 50 others, on samples of more than one block.
std::unique_ptr<Stage> ordinary_stage();

/// A section named like its plugin; and the same where it fits the stage, with which a law begins.
study::MetricSection section_of(const Candidate& candidate);
study::MetricSection fitting(const Candidate& candidate, const Stage& stage);

/// The same rows, vectors and matrices, number by number.
bool same(const study::Measured& a, const study::Measured& b);
/// "accuracy.best, layer 2"
std::string row_name(const Row& row);

}  // namespace pipeline::conformance
