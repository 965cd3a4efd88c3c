// Laws of penalties: the gradient of each is the slope of its value, by weights, biases and trained arrays, and is added.
#include "conformance/walk.hpp"
#include "learning/tiles.hpp"

namespace pipeline::conformance {

namespace {
using learning::each_tile;
using learning::Entry;
using learning::part;

/// What a penalty meets tile by tile, each column one: weights, biases, or an array that an entry trains.
struct Columns {
  std::string name;
  Tile first;
  arma::fmat values;

  Tile tile(arma::uword column) const { return {first.layer, first.kind, column, 0, first.own}; }
  double penalty(const Entry& e, const arma::fmat& at) const {
    double sum = 0;
    for (arma::uword j = 0; j < at.n_cols; ++j)
      sum += e.run("WeightPenalty::value", 0, [&] {
        return e.weight_penalty->value({at.colptr(j), at.n_rows}, tile(j));
      });
    return sum;
  }
  void add_gradient(const Entry& e, arma::fmat& g) const {
    for (arma::uword j = 0; j < g.n_cols; ++j)
      e.run("WeightPenalty::add_gradient", 0, [&] {
        e.weight_penalty->add_gradient({values.colptr(j), values.n_rows}, {g.colptr(j), g.n_rows}, tile(j));
      });
  }
};

/// All that is in the entry's reach, with numbers of the material's sort.
std::vector<Columns> in_reach(const Trial& t) {
  std::vector<Columns> out;
  const auto add = [&](const std::string& name, const Tile& first, arma::fmat values) {
    if (t.entry.scope.covers(first)) out.push_back({name, first, std::move(values)});
  };
  for (std::size_t l = 1; l <= 2; ++l) {
    const Layer& w = t.material.weights.layer(l);
    const std::string layer = "layer " + std::to_string(l);
    add(layer, {l, Kind::weights}, w.W);
    add(layer + ", biases", {l, Kind::bias}, w.b);
  }
  const arma::fmat& numbers = t.material.weights.layer(1).W;
  for (std::size_t own = 0; own < t.states.trained().size(); ++own)
    for (const auto& [l, array] : t.states.trained()[own].second->values) {
      arma::fmat values(arma::size(array));
      for (arma::uword i = 0; i < values.n_elem; ++i) values[i] = numbers[i % numbers.n_elem];
      add("layer " + std::to_string(l) + ", an array that is trained", {l, Kind::own, 0, 0, own}, std::move(values));
    }
  return out;
}

arma::fmat zeros_like(const arma::fmat& m) { return arma::fmat(arma::size(m), arma::fill::zeros); }

void weight_penalty(Trial& t, Findings& findings) {
  const Entry& e = t.entry;
  if (!e.weight_penalty) return;
  for (const Columns& c : in_reach(t)) {
    arma::fmat g = zeros_like(c.values);
    c.add_gradient(e, g);
    const ValueAt value = [&](const arma::fmat& at) { return rounded(c.penalty(e, at)); };
    expect_slope(findings, "WeightPenalty, " + c.name,
                 slope_complaint(value, c.values, g, t.material.scale, t.material.corner));
  }
}

/// A layer as a penalty sees it, in a pass of a batch.
struct Passed {
  const Entry& e;
  std::size_t l;
  Layer w;  // without biases unless the entry reaches them
  arma::fmat x, z;

  Passed(const Trial& t, std::size_t layer) : e(t.entry), l(layer), w{t.material.weights.layer(l).W, {}} {
    if (e.scope.biases) w.b = t.material.weights.layer(l).b;
    // Inputs of a layer are not negative, as pixels and what ReLU leaves are not.
    x = arma::abs(random_matrix(w.inputs(), 11, 30 + l));
    z = outputs(w);
  }
  arma::fmat outputs(const Layer& of) const {
    arma::fmat out = of.W * x;
    if (!of.b.is_empty()) out.each_col() += of.b;
    return out;
  }
  double penalty(const Layer& at, const arma::fmat& with) const {
    return e.run("LayerPenalty::value", 0, [&] { return e.layer_penalty->value(at, {l, x, with}); });
  }
  void add_gradient(Layer& g) const {
    e.run("LayerPenalty::add_gradient", 0, [&] { e.layer_penalty->add_gradient(w, {l, x, z}, g); });
  }
};

/// The layers whose penalty the entry is asked for.
std::vector<Passed> passed(const Trial& t) {
  std::vector<Passed> out;
  for (std::size_t l = 1; t.entry.layer_penalty && l <= 2; ++l)
    if (t.entry.scope.weights_of(l)) out.emplace_back(t, l);
  return out;
}

/// A penalty that looks at a batch may follow z with the weights, or hold it as given: both are gradients of something.
void layer_penalty(Trial& t, Findings& findings) {
  for (const Passed& p : passed(t)) {
    Layer g{zeros_like(p.w.W), zeros_like(p.w.b)};
    p.add_gradient(g);
    const auto walk = [&](const std::string& what, const arma::fmat& from, const arma::fmat& slope, const auto& with) {
      const auto complaint = [&](const ValueAt& at) {
        return slope_complaint(at, from, slope, t.material.scale, t.material.corner);
      };
      const std::string followed = complaint([&](const arma::fmat& at) {
        const Layer w = with(at);
        return rounded(p.penalty(w, p.outputs(w)));
      });
      if (!followed.empty() &&
          !complaint([&](const arma::fmat& at) { return rounded(p.penalty(with(at), p.z)); }).empty())
        expect_slope(findings, "LayerPenalty, layer " + std::to_string(p.l) + what, followed);
    };
    walk("", p.w.W, g.W, [&](const arma::fmat& W) { return Layer{W, p.w.b}; });
    if (!p.w.b.is_empty()) walk(", biases", p.w.b, g.b, [&](const arma::fmat& b) { return Layer{p.w.W, b}; });
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

/// Whether penalties of weights have a value but no gradient anywhere, because what comes after the update lowers them
/// instead: a proximal step.
bool is_proximal(const Candidate& candidate) {
  const Entry e = entry_of(candidate);
  if ((!e.weight_penalty && !e.layer_penalty) || (!e.after_update && !e.after_layer_update)) return false;
  bool none = true;
  const auto all_zero = [](const arma::fmat& g) { return std::ranges::all_of(g, [](float x) { return x == 0; }); };
  Findings nobodys;
  each_walk(candidate, nobodys, [&](Trial& t, bool) {
    if (e.weight_penalty)
      for (const Columns& c : in_reach(t)) {
        arma::fmat g = zeros_like(c.values);
        c.add_gradient(t.entry, g);
        none = none && all_zero(g);
      }
    for (const Passed& p : passed(t)) {
      Layer g{zeros_like(p.w.W), zeros_like(p.w.b)};
      p.add_gradient(g);
      none = none && all_zero(g.W) && all_zero(g.b);
    }
  });
  if (!none) return false;
  // At the usual rate, and at one where a strength of 1e-9 tells.
  return std::ranges::any_of(std::vector{0.1f, 1e3f}, [&](float rate) {
    Trial t(candidate, ordinary());
    const Step step = t.entry.step(0, rate);
    double before = 0, after = 0;
    for (std::size_t l = 1; l <= 2; ++l) {
      if (!t.entry.scope.weights_of(l)) continue;
      Layer w = t.material.weights.layer(l);
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
  fits_or_skips(candidate, ordinary().shape(), image_of(ordinary().shape().inputs(1)));
  const bool proximal = is_proximal(candidate);
  if (proximal && !e.activation_penalty)
    throw Skip("its penalty is proximal: it adds no gradient, the hook after the update lowers it instead");
  each_walk(candidate, findings, [&](Trial& t, bool biases) {
    if (!proximal) weight_penalty(t, findings), layer_penalty(t, findings);
    if (!biases) activation_penalty(t, findings);
  });
}

void penalty_adds_to_the_gradient(const Candidate& candidate, Findings& findings) {
  const Entry e = entry_of(candidate);
  if (!e.weight_penalty && !e.layer_penalty && !e.activation_penalty) throw Skip("has no penalty");
  fits_or_skips(candidate, ordinary().shape(), image_of(ordinary().shape().inputs(1)));
  const auto both = [&](const std::string& hook, const arma::fmat& like, const auto& add) {
    arma::fmat alone = zeros_like(like), onto(arma::size(like), arma::fill::ones);
    add(alone), add(onto);
    if (alone.is_empty()) return;
    // Two roundings of a number near 1 + |g|, and a margin.
    const float tolerance = 4 * 6e-8f * (1 + arma::abs(alone).max());
    findings.expect(arma::abs(onto - alone - 1).max() <= tolerance,
                    hook + " replaces what was in the gradient; it must add to it");
  };
  for (const bool biases : {false, true}) {
    findings.about(biases ? "biases = yes" : "");
    Trial t(candidate, ordinary(), biases);
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
        const arma::fmat& h = l < 2 ? t.material.hidden : t.material.logits;
        both("ActivationPenalty::add_gradient", h,
             [&](arma::fmat& g) { t.entry.activation_penalty->add_gradient(h, g, l); });
      }
  }
}

}  // namespace

std::vector<Law> laws_of_penalties() {
  return {
      {"penalty_has_the_gradient_of_its_value", "the gradient of each penalty is the slope of its value",
       penalty_has_the_gradient_of_its_value},
      {"penalty_adds_to_the_gradient", "a penalty adds to the gradient and does not replace it",
       penalty_adds_to_the_gradient},
  };
}

}  // namespace pipeline::conformance
