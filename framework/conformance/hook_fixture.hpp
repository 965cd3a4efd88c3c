// One entry with its arrays; each of its hooks is called directly, on matrices of every sort.
#pragma once
#include "conformance/training_fixture.hpp"

namespace pipeline::conformance {

/// Weights, gradients and activations of a network with one hidden layer, all of one sort.
struct Matrices {
  std::string sort;
  Network weights, gradient;          // W_1 [units x features], W_2 [classes x units]
  arma::fmat inputs, hidden, logits;  // [features, units, classes x batch]
  float scale = 1;                    // the size of the numbers
  bool corner = false;                // some numbers are 0, where |w|, ReLU and norms have no derivative
  bool overflows = false;             // their cubes overflow float32
  NetworkShape shape() const;
  arma::fmat targets() const;  // [classes x batch] one-hot, the classes in turn
};
/// Ordinary, all zero, one column zero, large, huge, tiny, denormal, one by one.
const std::vector<Matrices>& all_matrices();
const Matrices& ordinary_matrices();

/// All numbers that one call of a hook returned or changed.
struct HookResult {
  std::string hook;
  std::vector<double> numbers;
};
using HookResults = std::vector<HookResult>;

class HookFixture {
 public:
  /// Skips the law where check() refuses the matrices' network. A second entry trains an array.
  HookFixture(const Candidate& candidate, const Matrices& matrices, std::optional<bool> biases = {});
  HookFixture(const HookFixture&) = delete;

  /// Calls every hook as the engine does, at this step; optionally with the tiles in reverse order.
  HookResults every_hook(std::uint64_t step, bool tiles_backwards = false);
  /// Resets the arrays to their starting values.
  void reset() { states.adopt(untouched_), states.zero_gradients(); }

  const Matrices& matrices;
  Network network;
  learning::Entry entry, another;
  learning::States states;
  /// Called with each hook's name after it has run for all tiles, or for one layer.
  std::function<void(const std::string& hook)> after_hook;

 private:
  struct Calls;
  learning::States untouched_;
};

/// Calls f(fixture) for every sort of matrices that the plugin fits; findings are about the sort.
template <class F>
void each_matrices(const Candidate& candidate, Findings& findings, F&& f, std::optional<bool> biases = {}) {
  fits_or_skips(candidate, ordinary_matrices().shape(), image_of(ordinary_matrices().shape().inputs(1)));
  for (const Matrices& matrices : all_matrices()) {
    findings.about(matrices.sort + (biases.value_or(false) ? ", biases = yes" : ""));
    try {
      HookFixture fixture(candidate, matrices, biases);
      f(fixture);
    } catch (const Skip&) {  // an image of one pixel cannot be shifted by two
    }
  }
}

}  // namespace pipeline::conformance
