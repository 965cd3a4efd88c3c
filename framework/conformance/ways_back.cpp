// The law of changes: the way back of each is the adjoint of its way forward, of activations and of weights.
#include "conformance/walk.hpp"
#include "learning/checked.hpp"

namespace pipeline::conformance {

namespace {
using learning::Entry;

/// A change of activations at one place, there and back, in training or when measuring.
struct Way {
  Trial& t;
  std::size_t layer;
  const arma::fmat& values;
  std::uint64_t number;
  bool measuring;

  arma::fmat there(arma::fmat x) const {
    const Step step = t.entry.step(number, 0.1f);
    learning::checked(t.entry, measuring ? "ActivationChange::measure" : "ActivationChange::forward", number, x, [&] {
      if (measuring) return t.entry.activation->measure({layer, x});
      t.entry.activation->forward({layer, x}, step);
    });
    return x;
  }
  arma::fmat back(arma::fmat u) const {
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
      const arma::fmat out = there(at);
      return Value{dot(out, u), kRounding * std::sqrt(dot(out, out) * dot(u, u))};
    };
    there(values);  // what a way back may rely on: the way forward of the same step came just before
    t.states.zero_gradients();
    const arma::fmat gradient = back(u);
    const auto trained = t.states.trained();
    std::vector<PerLayer::Arrays> slopes;
    for (const auto& [name, kept] : trained) slopes.push_back(kept->gradients);
    const std::string place = std::string("ActivationChange::") + (measuring ? "measure" : "forward") + " and " +
                              (measuring ? "measure_backward" : "backward") + ", layer " + std::to_string(layer) +
                              ", step " + std::to_string(number);
    expect_slope(findings, place, slope_complaint(value, values, gradient, t.material.scale, t.material.corner));
    if (measuring) return;
    for (std::size_t i = 0; i < trained.size(); ++i) {
      if (!trained[i].second->values.contains(layer)) continue;
      arma::fmat& array = trained[i].second->values.at(layer);
      const arma::fmat before = array;
      const auto with = [&](const arma::fmat& other) {
        array = other;
        return value(values);
      };
      // Trained arrays begin at numbers of size 1, or at 0.
      const std::string complaint = slope_complaint(with, before, slopes[i].at(layer), 1, t.material.corner);
      array = before;
      expect_slope(findings, place + ", by " + trained[i].first, complaint);
    }
  }
};

/// The weights of a pass, there and back; biases too where the entry reaches them.
void weight_change(Trial& t, std::uint64_t number, Findings& findings) {
  const Entry& e = t.entry;
  const Step step = e.step(number, 0.1f);
  for (std::size_t l = 1; e.weight && l <= 2; ++l) {
    if (!e.scope.weights_of(l)) continue;
    const Layer& w = t.material.weights.layer(l);
    const Layer u{random_matrix(w.outputs(), w.inputs(), 41), random_matrix(w.outputs(), 1, 42)};
    const auto there = [&](Layer copy) {
      learning::checked(e, "WeightChange::forward", number, l, copy, [&] { e.weight->forward(copy, l, step); });
      return copy;
    };
    there(w);
    Layer back = u;
    learning::checked(e, "WeightChange::backward", number, l, back, [&] { e.weight->backward(back, l, step); });
    const auto along = [](const arma::fmat& out, const arma::fmat& by) {
      return Value{dot(out, by), kRounding * std::sqrt(dot(out, out) * dot(by, by))};
    };
    const auto value = [&](const Layer& at) {
      const Layer out = there(at);
      const Value weights = along(out.W, u.W);
      if (!e.scope.biases) return weights;
      const Value biases = along(out.b, u.b);
      return Value{weights.x + biases.x, weights.rounding + biases.rounding};
    };
    const std::string place =
        "WeightChange::forward and backward, layer " + std::to_string(l) + ", step " + std::to_string(number);
    const auto walk = [&](const std::string& what, const arma::fmat& from, const arma::fmat& slope, const ValueAt& at) {
      expect_slope(findings, place + what, slope_complaint(at, from, slope, t.material.scale, t.material.corner));
    };
    walk("", w.W, back.W, [&](const arma::fmat& W) { return value({W, w.b}); });
    if (e.scope.biases) walk(", biases", w.b, back.b, [&](const arma::fmat& b) { return value({w.W, b}); });
  }
}

void way_back_is_the_adjoint(const Candidate& candidate, Findings& findings) {
  const Entry e = entry_of(candidate);
  if (!e.activation && !e.weight) throw Skip("changes neither activations nor weights of a pass");
  each_walk(candidate, findings, [&](Trial& t, bool biases) {
    for (const std::uint64_t number : {0, 1, 1000}) {
      weight_change(t, number, findings);
      if (biases) continue;  // activations have none
      for (const bool measuring : {false, true}) {
        if (e.changes_activations(Where::inputs, 0)) Way{t, 0, t.material.inputs, number, measuring}.check(findings);
        for (const Where where : {Where::before_relu, Where::after_relu})
          if (e.changes_activations(where, 1)) Way{t, 1, t.material.hidden, number, measuring}.check(findings);
      }
    }
  });
}

}  // namespace

std::vector<Law> laws_of_ways_back() {
  return {
      {"way_back_is_the_adjoint", "the way back of a change is the adjoint of its way forward",
       way_back_is_the_adjoint},
  };
}

}  // namespace pipeline::conformance
