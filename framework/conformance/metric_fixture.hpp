// What metrics are tried on: a network, a second one to compare with, and samples of three splits.
#pragma once
#include "conformance/training_fixture.hpp"
#include "measuring/evaluation.hpp"

namespace pipeline::conformance {

/// The networks and samples that a metric measures.
struct MetricFixture {
  Samples train, test, validation;
  learning::Inputs train_inputs{train}, test_inputs{test}, validation_inputs{validation};
  Network start, network, rival;
  std::uint64_t step = 40;

  MetricFixture(Network untrained, Network trained, Network other, Samples on_train, Samples on_test,
                Samples on_validation);
  MetricFixture(const MetricFixture&) = delete;

  NetworkShape shape() const;
  /// Skips where check() refuses this network.
  void fits_or_skips(const measuring::LiveMetric& m) const;

  /// `ended`: the model to compare with is no longer available.
  measuring::Measured measure(const Network& of, const std::vector<const measuring::LiveMetric*>& due,
                              bool ended = false) const;
  measuring::Measured measure(const measuring::LiveMetric& m) const { return measure(network, {&m}); }
};

/// A network after 40 steps and a rival after 50 other steps, with samples of more than one block.
std::unique_ptr<MetricFixture> ordinary_fixture();

/// A section named like its plugin. fitting() skips the law where it does not fit the fixture.
measuring::LiveMetric section_of(const Candidate& candidate);
measuring::LiveMetric fitting(const Candidate& candidate, const MetricFixture& fixture);

/// Whether all rows, vectors and matrices are equal, number by number.
bool same(const measuring::Measured& a, const measuring::Measured& b);
/// "accuracy.best, layer 2"
std::string row_name(const Row& row);

}  // namespace pipeline::conformance
