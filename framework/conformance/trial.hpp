// One entry with its arrays, and every hook of it called by hand: what each makes of matrices of every sort.
#pragma once
#include "conformance/bench.hpp"

namespace pipeline::conformance {

/// Weights of a network with one hidden layer, and what flows through it, all of one sort.
struct Material {
  std::string sort;
  Network weights, gradient;          // W_1 [units x features], W_2 [classes x units]
  arma::fmat inputs, hidden, logits;  // [features, units, classes x batch]
  float scale = 1;                    // the size of its numbers
  bool corner = false;                // some numbers are 0, where |w|, ReLU and lengths have corners
  bool overflows = false;             // a third power leaves float32
  NetworkShape shape() const;
};
/// Ordinary, all zero, one column zero, large, huge, tiny, denormal, one by one.
const std::vector<Material>& materials();
const Material& ordinary();

/// What hooks made of a material: by hook, all its numbers.
struct Answer {
  std::string hook;
  std::vector<double> numbers;
};
using Answers = std::vector<Answer>;

class Trial {
 public:
  /// Skips the law where check() refuses the material's network. Beside it, another entry trains an array.
  Trial(const Candidate& candidate, const Material& material, std::optional<bool> biases = {});
  Trial(const Trial&) = delete;

  /// Calls every hook as the engine does, at this step, with tiles from the last to the first if asked.
  Answers every_hook(std::uint64_t step, bool tiles_backwards = false);
  /// The arrays as they were when the model began.
  void begin_anew() { states.adopt(untouched_), states.zero_gradients(); }

  const Material& material;
  Network network;
  learning::Entry entry, another;
  learning::States states;
  /// Hears of each hook once it has run for all its tiles, or for one layer.
  std::function<void(const std::string& hook)> after_hook;

 private:
  struct Calls;
  learning::States untouched_;
};

/// Calls f(trial) on every sort of material that the plugin fits; findings are about the sort.
template <class F>
void each_material(const Candidate& candidate, Findings& findings, F&& f, std::optional<bool> biases = {}) {
  fits_or_skips(candidate, ordinary().shape(), image_of(ordinary().shape().inputs(1)));
  for (const Material& material : materials()) {
    findings.about(material.sort + (biases.value_or(false) ? ", biases = yes" : ""));
    try {
      Trial trial(candidate, material, biases);
      f(trial);
    } catch (const Skip&) {  // an image of one pixel cannot be shifted by two
    }
  }
}

}  // namespace pipeline::conformance
