// Laws of penalties: the gradient of each is the derivative of its value with respect to weights, biases and trained
// arrays, and it is added to the gradient.
#include "conformance/gradient_check.hpp"
#include "learning/tiles.hpp"

namespace pipeline::conformance {

namespace {
using learning::each_tile;
using learning::Entry;
using learning::part;

/// Numbers that a penalty sees tile by tile, one per column: weights, biases, or an array that an entry trains.
struct Columns {
  std::string name;
  Tile first;
  arma::fmat values;

  Tile tile(arma::uword column) const { return {first.layer, first.kind, column, first.own}; }
  double penalty(const Entry& e, const arma::fmat& at) const {
    double sum = 0;
    for (arma::uword j = 0; j < at.n_cols; ++j)
      sum += e.run("WeightPenalty::value", 0, [&] {
        return e.weight_penalty->value({at.colptr(j), at.n_rows}, tile(j), e.step(0, 0.1f));
      });
    return sum;
  }
  void add_gradient(const Entry& e, arma::fmat& g) const {
    for (arma::uword j = 0; j < g.n_cols; ++j)
      e.run("WeightPenalty::add_gradient", 0, [&] {
        e.weight_penalty->add_gradient({values.colptr(j), values.n_rows}, {g.colptr(j), g.n_rows}, tile(j),
                                       e.step(0, 0.1f));
      });
  }
};

/// Everything in the entry's reach, with the numbers of the fixture's matrices.
std::vector<Columns> in_reach(const HookFixture& t) {
  std::vector<Columns> out;
  const auto add = [&](const std::string& name, const Tile& first, arma::fmat values) {
    if (t.entry.scope.covers(first)) out.push_back({name, first, std::move(values)});
  };
  for (std::size_t l = 1; l <= 2; ++l) {
    const Layer& w = t.matrices.weights.layer(l);
    const std::string layer = "layer " + std::to_string(l);
    add(layer, {l, Kind::weights}, w.W);
    add(layer + ", biases", {l, Kind::bias}, w.b);
  }
  const arma::fmat& numbers = t.matrices.weights.layer(1).W;
  for (std::size_t own = 0; own < t.states.trained().size(); ++own)
    for (const auto& [l, array] : t.states.trained()[own].second->values) {
      arma::fmat values(arma::size(array));
      for (arma::uword i = 0; i < values.n_elem; ++i) values[i] = numbers[i % numbers.n_elem];
      add("layer " + std::to_string(l) + ", a trained array", {l, Kind::own, 0, own}, std::move(values));
    }
  return out;
}

arma::fmat zeros_like(const arma::fmat& m) { return arma::fmat(arma::size(m), arma::fill::zeros); }

void weight_penalty(HookFixture& t, Findings& findings) {
  const Entry& e = t.entry;
  if (!e.weight_penalty) return;
  for (const Columns& c : in_reach(t)) {
    arma::fmat g = zeros_like(c.values);
    c.add_gradient(e, g);
    const ValueAt value = [&](const arma::fmat& at) { return rounded(c.penalty(e, at)); };
    expect_slope(findings, "WeightPenalty, " + c.name,
                 slope_complaint(value, c.values, g, t.matrices.scale, t.matrices.corner));
  }
}

/// A layer as a penalty sees it, in a pass of a batch.
struct Passed {
  const Entry& e;
  std::size_t l;
  Layer w;  // without biases unless the entry reaches them
  arma::fmat x, z;

  Passed(const HookFixture& t, std::size_t layer) : e(t.entry), l(layer), w{t.matrices.weights.layer(l).W, {}} {
    if (e.scope.biases) w.b = t.matrices.weights.layer(l).b;
    // The inputs of a layer are not negative, like pixels and the outputs of ReLU.
    x = arma::abs(random_matrix(w.inputs(), 11, 30 + l));
    z = outputs(w);
  }
  arma::fmat outputs(const Layer& of) const {
    arma::fmat out = of.W * x;
    if (!of.b.is_empty()) out.each_col() += of.b;
    return out;
  }
  double penalty(const Layer& at, const arma::fmat& with) const {
    return e.run("LayerPenalty::value", 0, [&] { return e.layer_penalty->value(at, {l, x, with}, e.step(0, 0.1f)); });
  }
  void add_gradient(Layer& g) const {
    e.run("LayerPenalty::add_gradient", 0, [&] { e.layer_penalty->add_gradient(w, {l, x, z}, g, e.step(0, 0.1f)); });
  }
};

/// The layers on which the engine calls the entry's penalty.
std::vector<Passed> passed(const HookFixture& t) {
  std::vector<Passed> out;
  for (std::size_t l = 1; t.entry.layer_penalty && l <= 2; ++l)
    if (t.entry.scope.weights_of(l)) out.emplace_back(t, l);
  return out;
}

/// A penalty that uses a batch may differentiate through z or treat z as constant: both are gradients of a function.
void layer_penalty(HookFixture& t, Findings& findings) {
  for (const Passed& p : passed(t)) {
    Layer g{zeros_like(p.w.W), zeros_like(p.w.b)};
    p.add_gradient(g);
    const auto compare = [&](const std::string& what, const arma::fmat& from, const arma::fmat& slope,
                             const auto& with) {
      const auto complaint = [&](const ValueAt& at) {
        return slope_complaint(at, from, slope, t.matrices.scale, t.matrices.corner);
      };
      const std::string through_z = complaint([&](const arma::fmat& at) {
        const Layer w = with(at);
        return rounded(p.penalty(w, p.outputs(w)));
      });
      if (!through_z.empty() &&
          !complaint([&](const arma::fmat& at) { return rounded(p.penalty(with(at), p.z)); }).empty())
        expect_slope(findings, "LayerPenalty, layer " + std::to_string(p.l) + what, through_z);
    };
    compare("", p.w.W, g.W, [&](const arma::fmat& W) { return Layer{W, p.w.b}; });
    if (!p.w.b.is_empty()) compare(", biases", p.w.b, g.b, [&](const arma::fmat& b) { return Layer{p.w.W, b}; });
  }
}

void activation_penalty(HookFixture& t, Findings& findings) {
  const Entry& e = t.entry;
  for (std::size_t l = 1; l <= 2; ++l) {
    if (!e.penalises_activations(l, 2)) continue;
    const arma::fmat &h = l < 2 ? t.matrices.hidden : t.matrices.logits, targets = t.matrices.targets();
    const Step step = e.step(0, 0.1f);
    arma::fmat g(arma::size(h), arma::fill::zeros);
    e.run("ActivationPenalty::add_gradient", 0, [&] { e.activation_penalty->add_gradient({l, h, targets}, g, step); });
    const ValueAt value = [&](const arma::fmat& at) {
      return rounded(e.run("ActivationPenalty::value", 0, [&] {
        return e.activation_penalty->value({l, at, targets}, step);
      }));
    };
    expect_slope(findings, "ActivationPenalty, layer " + std::to_string(l),
                 slope_complaint(value, h, g, t.matrices.scale, t.matrices.corner));
  }
}

/// Whether the penalties on weights have a value but no gradient anywhere, because a hook after the update lowers them
/// instead: a proximal step.
bool is_proximal(const Candidate& candidate) {
  const Entry e = entry_of(candidate);
  if ((!e.weight_penalty && !e.layer_penalty) || (!e.after_update && !e.after_layer_update)) return false;
  bool no_gradient = true;
  const auto all_zero = [](const arma::fmat& g) { return std::ranges::all_of(g, [](float x) { return x == 0; }); };
  Findings ignored;
  each_gradient_check(candidate, ignored, [&](HookFixture& t, bool) {
    if (e.weight_penalty)
      for (const Columns& c : in_reach(t)) {
        arma::fmat g = zeros_like(c.values);
        c.add_gradient(t.entry, g);
        no_gradient = no_gradient && all_zero(g);
      }
    for (const Passed& p : passed(t)) {
      Layer g{zeros_like(p.w.W), zeros_like(p.w.b)};
      p.add_gradient(g);
      no_gradient = no_gradient && all_zero(g.W) && all_zero(g.b);
    }
  });
  if (!no_gradient) return false;
  // At the usual learning rate, and at one where even a strength of 1e-9 shows.
  return std::ranges::any_of(std::vector{0.1f, 1e3f}, [&](float rate) {
    HookFixture t(candidate, ordinary_matrices());
    const Step step = t.entry.step(0, rate);
    double before = 0, after = 0;
    for (std::size_t l = 1; l <= 2; ++l) {
      if (!t.entry.scope.weights_of(l)) continue;
      Layer w = t.matrices.weights.layer(l);
      const auto penalty = [&] {
        const Passed p(t, l);
        const Columns c{"", {l, Kind::weights}, w.W};
        return (e.weight_penalty ? c.penalty(t.entry, w.W) : 0) +
               (e.layer_penalty ? p.penalty({w.W, p.w.b}, w.W * p.x) : 0);
      };
      before += penalty();
      if (e.after_update)
        each_tile(l, w, [&](const Tile& tile) {
          if (t.entry.scope.covers(tile)) t.entry.after_update->after_update(part(w, tile), tile, step);
        });
      arma::fvec no_biases;
      if (e.after_layer_update)
        t.entry.after_layer_update->after_update(w.W, t.entry.scope.biases ? w.b : no_biases, l, step);
      after += penalty();
    }
    return after < before;
  });
}

void penalty_has_the_gradient_of_its_value(const Candidate& candidate, Findings& findings) {
  const Entry e = entry_of(candidate);
  if (!e.weight_penalty && !e.layer_penalty && !e.activation_penalty) throw Skip("has no penalty");
  fits_or_skips(candidate, ordinary_matrices().shape(), image_of(ordinary_matrices().shape().inputs(1)));
  const bool proximal = is_proximal(candidate);
  if (proximal && !e.activation_penalty)
    throw Skip("its penalty is proximal: it adds no gradient, and the hook after the update lowers it instead");
  each_gradient_check(candidate, findings, [&](HookFixture& t, bool biases) {
    if (!proximal) weight_penalty(t, findings), layer_penalty(t, findings);
    if (!biases) activation_penalty(t, findings);
  });
}

void penalty_adds_to_the_gradient(const Candidate& candidate, Findings& findings) {
  const Entry e = entry_of(candidate);
  if (!e.weight_penalty && !e.layer_penalty && !e.activation_penalty) throw Skip("has no penalty");
  fits_or_skips(candidate, ordinary_matrices().shape(), image_of(ordinary_matrices().shape().inputs(1)));
  const auto both = [&](const std::string& hook, const arma::fmat& like, const auto& add) {
    arma::fmat alone = zeros_like(like), onto(arma::size(like), arma::fill::ones);
    add(alone), add(onto);
    if (alone.is_empty()) return;
    // Two roundings of a number near 1 + |g|, and a margin.
    const float tolerance = 4 * 6e-8f * (1 + arma::abs(alone).max());
    findings.expect(arma::abs(onto - alone - 1).max() <= tolerance, hook + " replaces the gradient; it must add to it");
  };
  for (const bool biases : {false, true}) {
    findings.about(biases ? "biases = yes" : "");
    HookFixture t(candidate, ordinary_matrices(), biases);
    if (e.weight_penalty)
      for (const Columns& c : in_reach(t))
        both("WeightPenalty::add_gradient, " + c.name, c.values, [&](arma::fmat& g) { c.add_gradient(t.entry, g); });
    for (const Passed& p : passed(t)) {
      const std::string hook = "LayerPenalty::add_gradient, layer " + std::to_string(p.l);
      both(hook, p.w.W, [&](arma::fmat& g) {
        Layer gradient{g, zeros_like(p.w.b)};
        p.add_gradient(gradient);
        g = gradient.W;
      });
      both(hook + ", biases", p.w.b, [&](arma::fmat& g) {
        Layer gradient{zeros_like(p.w.W), g};
        p.add_gradient(gradient);
        g = gradient.b;
      });
    }
    for (std::size_t l = 1; !biases && l <= 2; ++l)
      if (e.penalises_activations(l, 2)) {
        const arma::fmat &h = l < 2 ? t.matrices.hidden : t.matrices.logits, targets = t.matrices.targets();
        both("ActivationPenalty::add_gradient", h, [&](arma::fmat& g) {
          t.entry.activation_penalty->add_gradient({l, h, targets}, g, t.entry.step(0, 0.1f));
        });
      }
  }
}

}  // namespace

std::vector<Law> laws_of_penalties() {
  return {
      {"penalty_has_the_gradient_of_its_value", "the gradient of each penalty is the derivative of its value",
       penalty_has_the_gradient_of_its_value},
      {"penalty_adds_to_the_gradient", "a penalty adds to the gradient and does not replace it",
       penalty_adds_to_the_gradient},
  };
}

}  // namespace pipeline::conformance
