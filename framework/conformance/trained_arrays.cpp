// The law of trained arrays: a hook that works tile by tile and stores numbers for each tile must not use the same ones
// for weights and for a column of a trained array.
#include <pipeline/quoted.hpp>
#include <set>

#include "base/same_bytes.hpp"
#include "conformance/hook_fixture.hpp"

namespace pipeline::conformance {

namespace {
using learning::Entry;

/// A tile's numbers and their gradient, which hooks may change, and the penalty on them.
struct TileNumbers {
  Tile tile;
  std::vector<float> w, g;
  double penalty = 0;
};
using TilesNumbers = std::vector<TileNumbers>;

bool same_numbers(const TilesNumbers& a, const TilesNumbers& b) {
  const auto same = [](const std::vector<float>& x, const std::vector<float>& y) {
    return base::same_bytes(x.data(), y.data(), x.size());
  };
  return std::ranges::equal(a, b, [&](const TileNumbers& x, const TileNumbers& y) {
    return same(x.w, y.w) && same(x.g, y.g) && base::same_bytes(&x.penalty, &y.penalty, 1);
  });
}

/// Adds the columns of w that are in the entry's reach as tiles, the first of them `first`, with random gradients.
void add_tiles(TilesNumbers& out, const Entry& e, Tile first, const arma::fmat& w, std::uint64_t stream) {
  const arma::fmat g = random_matrix(w.n_rows, w.n_cols, stream);
  for (arma::uword j = 0; j < w.n_cols; ++j) {
    const Tile tile{first.layer, first.kind, j, first.own};
    if (e.scope.covers(tile)) out.push_back({tile, {w.begin_col(j), w.end_col(j)}, {g.begin_col(j), g.end_col(j)}});
  }
}

// The numbers differ from step to step, and from the starting values of arrays, so that a hook that stores them changes
// an array.

/// All weights and biases.
TilesNumbers weight_tiles(const HookFixture& t, std::uint64_t step) {
  TilesNumbers out;
  for (std::size_t l = 1; l <= 2; ++l) {
    const Layer& layer = t.matrices.weights.layer(l);
    const std::uint64_t stream = 1000 * step + 10 * l;
    add_tiles(out, t.entry, {l, Kind::weights}, random_matrix(layer.outputs(), layer.inputs(), stream), stream + 1);
    add_tiles(out, t.entry, {l, Kind::bias}, random_matrix(layer.outputs(), 1, stream + 2), stream + 3);
  }
  return out;
}

/// All columns of trained arrays.
TilesNumbers trained_tiles(const HookFixture& t, std::uint64_t step) {
  TilesNumbers out;
  for (std::size_t own = 0; own < t.states.trained().size(); ++own)
    for (const auto& [layer, values] : t.states.trained()[own].second->values) {
      const std::uint64_t stream = 1000 * step + 100 * (own + 1) + 10 * layer;
      add_tiles(out, t.entry, {layer, Kind::own, 0, own}, random_matrix(values.n_rows, values.n_cols, stream),
                stream + 1);
    }
  return out;
}

/// A hook that the engine also calls on trained arrays.
struct TileHook {
  const char* name;
  std::function<void(const Entry& e, TileNumbers& n, const Step& step)> call;

  void call_on(const HookFixture& t, TilesNumbers& tiles, std::uint64_t step) const {
    for (TileNumbers& n : tiles) t.entry.run(name, step, [&] { call(t.entry, n, t.entry.step(step, 0.1f)); });
  }
};

/// Those that the entry has, in the order in which a step calls them.
std::vector<TileHook> tile_hooks(const Entry& entry) {
  std::vector<TileHook> out;
  if (entry.weight_penalty) {
    out.push_back({"WeightPenalty::value", [](const Entry& e, TileNumbers& n, const Step& step) {
                     n.penalty = e.weight_penalty->value(n.w, n.tile, step);
                   }});
    out.push_back({"WeightPenalty::add_gradient", [](const Entry& e, TileNumbers& n, const Step& step) {
                     e.weight_penalty->add_gradient(n.w, n.g, n.tile, step);
                   }});
  }
  if (entry.gradient)
    out.push_back({"GradientChange::change", [](const Entry& e, TileNumbers& n, const Step& step) {
                     e.gradient->change(n.w, n.g, n.tile, step);
                   }});
  if (entry.before_update)
    out.push_back({"BeforeUpdate::before_update", [](const Entry& e, TileNumbers& n, const Step& step) {
                     e.before_update->before_update(n.w, n.tile, step);
                   }});
  if (entry.after_update)
    out.push_back({"AfterUpdate::after_update", [](const Entry& e, TileNumbers& n, const Step& step) {
                     e.after_update->after_update(n.w, n.tile, step);
                   }});
  return out;
}

/// Where a number is: its array, with the layer, and its index.
using Place = std::pair<std::string, std::size_t>;

/// The numbers that differ in those arrays of the entry that outlast a step.
std::set<Place> differences(const Entry& entry, const learning::States& before, const learning::States& after) {
  std::set<Place> out;
  const auto compare = [&](const std::string& array, const arma::fmat& x, const arma::fmat& y) {
    for (arma::uword i = 0; i < std::min(x.n_elem, y.n_elem); ++i)
      if (!base::same_bytes(x.memptr() + i, y.memptr() + i, 1)) out.insert({array, i});
  };
  for (const auto& [name, kept] : after.all()) {
    if (kept.owner != &entry || kept.life == Life::step) continue;
    const learning::Kept& old = before.all().at(name);
    const auto array = [&](std::size_t layer) { return pipeline::quoted(name) + ", layer " + std::to_string(layer); };
    for (std::size_t l = 1; l <= kept.like_weights.network.depth(); ++l) {
      compare(array(l), old.like_weights.network.layer(l).W, kept.like_weights.network.layer(l).W);
      compare(array(l) + ", biases", old.like_weights.network.layer(l).b, kept.like_weights.network.layer(l).b);
    }
    for (const auto& [layer, values] : kept.values) compare(array(layer), old.values.at(layer), values);
  }
  return out;
}

constexpr std::uint64_t kSteps[] = {0, 1, 1000};

/// Calls on trained arrays must not change numbers that calls on weights and biases change.
void expect_separate_numbers(const Candidate& candidate, Findings& findings) {
  HookFixture t(candidate, ordinary_matrices(), true), before(candidate, ordinary_matrices(), true);
  std::set<std::string> reported;
  for (const std::uint64_t step : kSteps)
    for (const TileHook& hook : tile_hooks(t.entry)) {
      TilesNumbers weights = weight_tiles(t, step), trained = trained_tiles(t, step);
      before.states.adopt(t.states);
      hook.call_on(t, trained, step);
      const std::set<Place> by_trained = differences(t.entry, before.states, t.states);
      t.states.adopt(before.states);
      hook.call_on(t, weights, step);
      for (const Place& place : differences(t.entry, before.states, t.states))
        if (by_trained.contains(place) && reported.insert(hook.name + place.first).second)
          findings.fail(std::string(hook.name) + " changes the same numbers of " + place.first +
                        " for weights and for trained arrays: distinguish tiles by Tile::kind and Tile::own, or use "
                        "LikeWeights::at(tile)");
    }
}

/// A hook's result for weights and biases must not depend on earlier calls on trained arrays.
void expect_independent_weights(const Candidate& candidate, Findings& findings) {
  HookFixture alone(candidate, ordinary_matrices(), true), beside(candidate, ordinary_matrices(), true);
  for (const std::uint64_t step : kSteps) {
    TilesNumbers weights = weight_tiles(alone, step), same_weights = weights, trained = trained_tiles(beside, step);
    for (const TileHook& hook : tile_hooks(alone.entry)) {
      hook.call_on(alone, weights, step);
      hook.call_on(beside, trained, step);
      hook.call_on(beside, same_weights, step);
      if (same_numbers(weights, same_weights)) continue;
      return findings.fail(std::string(hook.name) +
                           " gives another result for weights and biases where it was called on trained arrays before");
    }
  }
}

void trained_arrays_are_kept_apart(const Candidate& candidate, Findings& findings) {
  fits_or_skips(candidate, ordinary_matrices().shape(), image_of(ordinary_matrices().shape().inputs(1)));
  const Entry e = entry_of(candidate);
  if (tile_hooks(e).empty()) throw Skip("has no hook that is called on trained arrays");
  if (e.measured) throw Skip("measures other weights than are trained, so the engine refuses it beside trained arrays");
  findings.about("biases = yes");  // else tile hooks are not called on trained arrays
  expect_separate_numbers(candidate, findings);
  expect_independent_weights(candidate, findings);
}

}  // namespace

std::vector<Law> laws_of_trained_arrays() {
  return {
      {"trained_arrays_are_kept_apart", "a tile hook treats trained arrays apart from the weights",
       trained_arrays_are_kept_apart},
  };
}

}  // namespace pipeline::conformance
