// Walks from the numbers of a material: which materials, with and without biases, and what a wrong slope is called.
#pragma once
#include <cmath>

#include "conformance/slope.hpp"
#include "conformance/trial.hpp"

namespace pipeline::conformance {

// float32's half unit in the last place, twice: a formula that works in float32 rounds each term once or twice.
inline constexpr double kRounding = 0x1p-23;

inline Value rounded(double x) { return {x, kRounding * std::abs(x)}; }

/// Sizes at which gradients stay inside float32 even where weights stand in a third power: of 1e15 they do not, and
/// that nothing turns into NaN there is another law.
inline bool can_be_walked(const Material& m) { return !m.overflows && m.scale > 1e-37f; }

/// Calls f(trial, biases) with biases out of reach and within.
template <class F>
void each_walk(const Candidate& candidate, Findings& findings, F&& f) {
  for (const bool biases : {false, true})
    each_material(
        candidate, findings,
        [&](Trial& trial) {
          if (can_be_walked(trial.material)) f(trial, biases);
        },
        biases);
}

inline void expect_slope(Findings& findings, const std::string& what, const std::string& complaint) {
  findings.expect(complaint.empty(), what + ": " + complaint);
}

}  // namespace pipeline::conformance
