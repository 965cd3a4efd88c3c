// Which matrices the gradients of a plugin are checked on by finite differences, and how far its values may be rounded.
#pragma once
#include <cmath>

#include "conformance/hook_fixture.hpp"
#include "conformance/slope.hpp"

namespace pipeline::conformance {

// Twice the half unit in the last place of float32: a formula that works in float32 rounds each term once or twice.
inline constexpr double kRounding = 0x1p-23;

inline Value rounded(double x) { return {x, kRounding * std::abs(x)}; }

/// Sizes at which gradients stay inside float32 even where a formula cubes the weights. Weights of 1e15 leave it; that
/// they produce no NaN is another law.
inline bool suits_gradient_check(const Matrices& m) { return !m.overflows && m.scale > 1e-37f; }

/// Calls f(fixture, biases) without biases in reach and with them.
template <class F>
void each_gradient_check(const Candidate& candidate, Findings& findings, F&& f) {
  for (const bool biases : {false, true})
    each_matrices(
        candidate, findings,
        [&](HookFixture& fixture) {
          if (suits_gradient_check(fixture.matrices)) f(fixture, biases);
        },
        biases);
}

inline void expect_slope(Findings& findings, const std::string& what, const std::string& complaint) {
  findings.expect(complaint.empty(), what + ": " + complaint);
}

}  // namespace pipeline::conformance
