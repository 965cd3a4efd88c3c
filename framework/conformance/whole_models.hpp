// Laws of whole models, whichever plugin under test is in them.
#pragma once
#include <functional>

#include "conformance/training_fixture.hpp"
#include "experiment/pipeline.hpp"

namespace pipeline::conformance {

using MakeModel = std::function<std::unique_ptr<learning::Model>()>;

/// `plugin` says what the models have in common: "with this optimiser".
void expect_same_steps_same_bits(const MakeModel& make, const TrainingFixture& training, const std::string& plugin,
                                 Findings& findings);
void expect_copies_continue_identically(const MakeModel& make, const TrainingFixture& training, Findings& findings);
/// `pipeline` has the models, and the metrics that they watch; the rest is filled in.
void expect_same_bits_on_any_threads(const std::function<experiment::Pipeline()>& pipeline,
                                     const TrainingFixture& training, Findings& findings);

}  // namespace pipeline::conformance
