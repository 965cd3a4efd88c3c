// The law of changes of activations and of weights: the backward call of each is the adjoint of its forward call.
#include "conformance/gradient_check.hpp"
#include "learning/checked.hpp"

namespace pipeline::conformance {

namespace {
using learning::Entry;

/// A change of activations at one place and one step, in training or when measuring.
struct ActivationCheck {
  HookFixture& t;
  std::size_t layer;
  const arma::fmat& values;
  std::uint64_t number;
  bool measuring;

  arma::fmat forward(arma::fmat x) const {
    const Step step = t.entry.step(number, 0.1f);
    learning::checked(t.entry, measuring ? "ActivationChange::measure" : "ActivationChange::forward", number, x, [&] {
      if (measuring) return t.entry.activation->measure({layer, x});
      t.entry.activation->forward({layer, x}, step);
    });
    return x;
  }
  arma::fmat backward(arma::fmat u) const {
    const Step step = t.entry.step(number, 0.1f);
    learning::checked(t.entry, measuring ? "ActivationChange::measure_backward" : "ActivationChange::backward", number,
                      u, [&] {
                        if (measuring) return t.entry.activation->measure_backward({layer, u});
                        t.entry.activation->backward({layer, u}, step);
                      });
    return u;
  }

  void check(Findings& findings) const {
    const arma::fmat u = random_matrix(values.n_rows, values.n_cols, 40);
    const auto value = [&](const arma::fmat& at) {
      const arma::fmat out = forward(at);
      return Value{dot(out, u), kRounding * std::sqrt(dot(out, out) * dot(u, u))};
    };
    forward(values);  // a backward call may rely on the forward call of the same step just before it
    t.states.zero_gradients();
    const arma::fmat gradient = backward(u);
    const auto trained = t.states.trained();
    std::vector<PerLayer::Arrays> slopes;
    slopes.reserve(trained.size());
    for (const auto& [name, kept] : trained) slopes.push_back(kept->gradients);
    const std::string place = std::string("ActivationChange::") + (measuring ? "measure" : "forward") + " and " +
                              (measuring ? "measure_backward" : "backward") + ", layer " + std::to_string(layer) +
                              ", step " + std::to_string(number);
    expect_slope(findings, place, slope_complaint(value, values, gradient, t.matrices.scale, t.matrices.corner));
    if (measuring) return;
    for (std::size_t i = 0; i < trained.size(); ++i) {
      if (!trained[i].second->values.contains(layer)) continue;
      arma::fmat& array = trained[i].second->values.at(layer);
      const arma::fmat before = array;
      const auto with = [&](const arma::fmat& other) {
        array = other;
        return value(values);
      };
      // Trained arrays start at numbers of size 1, or at 0.
      const std::string complaint = slope_complaint(with, before, slopes[i].at(layer), 1, t.matrices.corner);
      array = before;
      expect_slope(findings, place + ", with respect to " + trained[i].first, complaint);
    }
  }
};

/// A change of the weights of a pass, and of its biases where the entry reaches them.
void check_weights(HookFixture& t, std::uint64_t number, Findings& findings) {
  const Entry& e = t.entry;
  const Step step = e.step(number, 0.1f);
  for (std::size_t l = 1; e.weight && l <= 2; ++l) {
    if (!e.scope.weights_of(l)) continue;
    const Layer& w = t.matrices.weights.layer(l);
    const Layer u{random_matrix(w.outputs(), w.inputs(), 41), random_matrix(w.outputs(), 1, 42)};
    const auto forward = [&](Layer copy) {
      learning::checked(e, "WeightChange::forward", number, l, copy, [&] { e.weight->forward(copy, l, step); });
      return copy;
    };
    forward(w);
    Layer gradient = u;
    learning::checked(e, "WeightChange::backward", number, l, gradient, [&] { e.weight->backward(gradient, l, step); });
    const auto along = [](const arma::fmat& out, const arma::fmat& by) {
      return Value{dot(out, by), kRounding * std::sqrt(dot(out, out) * dot(by, by))};
    };
    const auto value = [&](const Layer& at) {
      const Layer out = forward(at);
      const Value weights = along(out.W, u.W);
      if (!e.scope.biases) return weights;
      const Value biases = along(out.b, u.b);
      return Value{weights.x + biases.x, weights.rounding + biases.rounding};
    };
    const std::string place =
        "WeightChange::forward and backward, layer " + std::to_string(l) + ", step " + std::to_string(number);
    const auto compare = [&](const std::string& what, const arma::fmat& from, const arma::fmat& slope,
                             const ValueAt& at) {
      expect_slope(findings, place + what, slope_complaint(at, from, slope, t.matrices.scale, t.matrices.corner));
    };
    compare("", w.W, gradient.W, [&](const arma::fmat& W) { return value({W, w.b}); });
    if (e.scope.biases) compare(", biases", w.b, gradient.b, [&](const arma::fmat& b) { return value({w.W, b}); });
  }
}

void backward_is_the_adjoint(const Candidate& candidate, Findings& findings) {
  const Entry e = entry_of(candidate);
  if (!e.activation && !e.weight) throw Skip("changes neither activations nor weights of a pass");
  each_gradient_check(candidate, findings, [&](HookFixture& t, bool biases) {
    for (const std::uint64_t number : {0, 1, 1000}) {
      check_weights(t, number, findings);
      if (biases) continue;  // activation changes do not depend on them
      for (const bool measuring : {false, true}) {
        if (e.changes_activations(Where::inputs, 0))
          ActivationCheck{t, 0, t.matrices.inputs, number, measuring}.check(findings);
        for (const Where where : {Where::before_relu, Where::after_relu})
          if (e.changes_activations(where, 1))
            ActivationCheck{t, 1, t.matrices.hidden, number, measuring}.check(findings);
      }
    }
  });
}

}  // namespace

std::vector<Law> laws_of_adjoints() {
  return {
      {"backward_is_the_adjoint", "the backward call of a change is the adjoint of its forward call",
       backward_is_the_adjoint},
  };
}

}  // namespace pipeline::conformance
