// Laws of derivatives: the gradient of a penalty is the slope of its value, the way back of a change is the adjoint of
// its way forward. Both are checked by walking a little to either side.
#include "conformance/slope.hpp"
#include "conformance/trial.hpp"
#include "learning/checked.hpp"
#include "learning/elementwise.hpp"
#include "learning/tiles.hpp"

namespace pipeline::conformance {

namespace {
using learning::each_tile;
using learning::Entry;
using learning::part;

// float32's half unit in the last place, twice: a formula that works in float32 rounds each term once or twice.
constexpr double kRounding = 0x1p-23;

Value rounded(double x) { return {x, kRounding * std::abs(x)}; }

/// Sizes at which gradients stay inside float32 even where weights stand in a third power: of 1e15 they do not, and
/// that nothing turns into NaN there is another law.
bool can_be_walked(const Material& m) { return !m.overflows && m.scale > 1e-37f; }

template <class F>
void each_walk(const Candidate& candidate, Findings& findings, F&& f) {
  each_material(candidate, findings, [&](Trial& trial) {
    if (can_be_walked(trial.material)) f(trial);
  });
}

void expect_slope(Findings& findings, const std::string& what, const std::string& complaint) {
  findings.expect(complaint.empty(), what + ": " + complaint);
}

/// The penalty of one layer, tile by tile, and its gradient.
double tiled_value(const Entry& e, const Layer& w, std::size_t l) {
  double sum = 0;
  each_tile(l, w, [&](const Tile& t) {
    if (e.scope.covers(t))
      sum += e.run("WeightPenalty::value", 0, [&] { return e.weight_penalty->value(part(w, t), t); });
  });
  return sum;
}
void tiled_gradient(const Entry& e, const Layer& w, Layer& g, std::size_t l) {
  each_tile(l, w, [&](const Tile& t) {
    if (e.scope.covers(t))
      e.run("WeightPenalty::add_gradient", 0, [&] { e.weight_penalty->add_gradient(part(w, t), part(g, t), t); });
  });
}
Layer zeros_like(const Layer& l) { return {arma::fmat(arma::size(l.W), arma::fill::zeros), arma::fvec(l.b.n_elem)}; }

void weight_penalty(Trial& t, Findings& findings) {
  const Entry& e = t.entry;
  for (std::size_t l = 1; e.weight_penalty && l <= 2; ++l) {
    if (!e.scope.weights_of(l)) continue;
    const Layer& w = t.material.weights.layer(l);
    Layer g = zeros_like(w);
    tiled_gradient(e, w, g, l);
    const ValueAt value = [&](const arma::fmat& W) { return rounded(tiled_value(e, {W, w.b}, l)); };
    expect_slope(findings, "WeightPenalty, layer " + std::to_string(l),
                 slope_complaint(value, w.W, g.W, t.material.scale, t.material.corner));
  }
}

/// A penalty that looks at a batch may follow z with the weights, or hold it as given: both are gradients of something.
void layer_penalty(Trial& t, Findings& findings) {
  const Entry& e = t.entry;
  for (std::size_t l = 1; e.layer_penalty && l <= 2; ++l) {
    if (!e.scope.weights_of(l)) continue;
    const Layer w = {t.material.weights.layer(l).W, {}};
    // Inputs of a layer are not negative, as pixels and what ReLU leaves are not.
    const arma::fmat x = arma::abs(random_matrix(w.inputs(), 11, 30 + l)), z = w.W * x;
    Layer g = zeros_like(w);
    e.run("LayerPenalty::add_gradient", 0, [&] { e.layer_penalty->add_gradient(w, {l, x, z}, g); });
    const auto value = [&](const arma::fmat& W, const arma::fmat& outputs) {
      return rounded(e.run("LayerPenalty::value", 0, [&] { return e.layer_penalty->value({W, {}}, {l, x, outputs}); }));
    };
    const auto complaint = [&](const ValueAt& at) {
      return slope_complaint(at, w.W, g.W, t.material.scale, t.material.corner);
    };
    const std::string followed = complaint([&](const arma::fmat& W) { return value(W, W * x); });
    if (!followed.empty() && !complaint([&](const arma::fmat& W) { return value(W, z); }).empty())
      expect_slope(findings, "LayerPenalty, layer " + std::to_string(l), followed);
  }
}

void activation_penalty(Trial& t, Findings& findings) {
  const Entry& e = t.entry;
  for (std::size_t l = 1; l <= 2; ++l) {
    if (!e.penalises_activations(l, 2)) continue;
    const arma::fmat& h = l < 2 ? t.material.hidden : t.material.logits;
    arma::fmat g(arma::size(h), arma::fill::zeros);
    e.run("ActivationPenalty::add_gradient", 0, [&] { e.activation_penalty->add_gradient(h, g, l); });
    const ValueAt value = [&](const arma::fmat& at) {
      return rounded(e.run("ActivationPenalty::value", 0, [&] { return e.activation_penalty->value(at, l); }));
    };
    expect_slope(findings, "ActivationPenalty, layer " + std::to_string(l),
                 slope_complaint(value, h, g, t.material.scale, t.material.corner));
  }
}

void penalty_has_the_gradient_of_its_value(const Candidate& candidate, Findings& findings) {
  const Entry e = entry_of(candidate);
  if (!e.weight_penalty && !e.layer_penalty && !e.activation_penalty) throw Skip("has no penalty");
  each_walk(candidate, findings, [&](Trial& t) {
    weight_penalty(t, findings), layer_penalty(t, findings), activation_penalty(t, findings);
  });
}

void penalty_adds_to_the_gradient(const Candidate& candidate, Findings& findings) {
  const Entry e = entry_of(candidate);
  if (!e.weight_penalty && !e.layer_penalty && !e.activation_penalty) throw Skip("has no penalty");
  fits_or_skips(candidate, ordinary().shape(), image_of(ordinary().shape().inputs(1)));
  Trial t(candidate, ordinary());
  const Layer& w = t.material.weights.layer(2);
  const auto expect_sum = [&](const arma::fmat& alone, const arma::fmat& onto, const char* hook) {
    // Two roundings of a number near 1 + |g|, and a margin.
    const float tolerance = 4 * 6e-8f * (1 + arma::abs(alone).max());
    findings.expect(arma::abs(onto - alone - 1).max() <= tolerance,
                    std::string(hook) + " replaces what was in the gradient; it must add to it");
  };
  const auto both = [&](const char* hook, const auto& like, const auto& add) {
    auto alone = like, onto = like;
    alone.zeros(), onto.ones();
    add(alone), add(onto);
    expect_sum(alone, onto, hook);
  };
  if (e.weight_penalty)
    both("WeightPenalty::add_gradient", w.W, [&](arma::fmat& g) {
      Layer gradient{g, w.b};
      tiled_gradient(t.entry, w, gradient, 2);
      g = gradient.W;
    });
  const arma::fmat x = arma::abs(random_matrix(w.inputs(), 11, 30)), z = w.W * x;
  if (e.layer_penalty && e.scope.weights_of(2))
    both("LayerPenalty::add_gradient", w.W, [&](arma::fmat& g) {
      Layer gradient{g, {}};
      t.entry.layer_penalty->add_gradient({w.W, {}}, {2, x, z}, gradient);
      g = gradient.W;
    });
  for (std::size_t l = 1; l <= 2; ++l)
    if (e.penalises_activations(l, 2)) {
      const arma::fmat& h = l < 2 ? t.material.hidden : t.material.logits;
      both("ActivationPenalty::add_gradient", h,
           [&](arma::fmat& g) { t.entry.activation_penalty->add_gradient(h, g, l); });
    }
}

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

void weight_change(Trial& t, std::uint64_t number, Findings& findings) {
  const Entry& e = t.entry;
  const Step step = e.step(number, 0.1f);
  for (std::size_t l = 1; e.weight && l <= 2; ++l) {
    if (!e.scope.weights_of(l)) continue;
    const Layer& w = t.material.weights.layer(l);
    const arma::fmat U = random_matrix(w.outputs(), w.inputs(), 41);
    const auto there = [&](const arma::fmat& W) {
      Layer copy{W, w.b};
      learning::checked(e, "WeightChange::forward", number, l, copy, [&] { e.weight->forward(copy, l, step); });
      return copy.W;
    };
    there(w.W);
    Layer back{U, arma::fvec(w.b.n_elem)};
    learning::checked(e, "WeightChange::backward", number, l, back, [&] { e.weight->backward(back, l, step); });
    const auto value = [&](const arma::fmat& W) {
      const arma::fmat out = there(W);
      return Value{dot(out, U), kRounding * std::sqrt(dot(out, out) * dot(U, U))};
    };
    expect_slope(findings,
                 "WeightChange::forward and backward, layer " + std::to_string(l) + ", step " + std::to_string(number),
                 slope_complaint(value, w.W, back.W, t.material.scale, t.material.corner));
  }
}

void way_back_is_the_adjoint(const Candidate& candidate, Findings& findings) {
  const Entry e = entry_of(candidate);
  if (!e.activation && !e.weight) throw Skip("changes neither activations nor weights of a pass");
  each_walk(candidate, findings, [&](Trial& t) {
    for (const std::uint64_t number : {0, 1, 1000}) {
      weight_change(t, number, findings);
      for (const bool measuring : {false, true}) {
        if (e.changes_activations(Where::inputs, 0)) Way{t, 0, t.material.inputs, number, measuring}.check(findings);
        for (const Where where : {Where::before_relu, Where::after_relu})
          if (e.changes_activations(where, 1)) Way{t, 1, t.material.hidden, number, measuring}.check(findings);
      }
    }
  });
}

}  // namespace

std::vector<Law> laws_of_slopes() {
  return {
      {"penalty_has_the_gradient_of_its_value", "the gradient of each penalty is the slope of its value",
       penalty_has_the_gradient_of_its_value},
      {"penalty_adds_to_the_gradient", "a penalty adds to the gradient and does not replace it",
       penalty_adds_to_the_gradient},
      {"way_back_is_the_adjoint", "the way back of a change is the adjoint of its way forward",
       way_back_is_the_adjoint},
  };
}

}  // namespace pipeline::conformance
