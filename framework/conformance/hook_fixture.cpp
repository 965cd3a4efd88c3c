#include "conformance/hook_fixture.hpp"

#include "learning/checked.hpp"
#include "learning/tiles.hpp"

namespace pipeline::conformance {
using learning::each_tile;
using learning::part;

arma::fmat Matrices::targets() const {
  arma::fmat out(arma::size(logits), arma::fill::zeros);
  for (arma::uword n = 0; n < out.n_cols; ++n) out(n % out.n_rows, n) = 1;
  return out;
}

NetworkShape Matrices::shape() const {
  return {{weights.layer(1).inputs(), weights.layer(1).outputs(), weights.layer(2).outputs()}, true};
}

const std::vector<Matrices>& all_matrices() {
  static const std::vector<Matrices> all = [] {
    using Fill = std::function<arma::fmat(arma::uword rows, arma::uword columns, std::uint64_t stream)>;
    // Every number is at least .1 of the scale away from 0, where |w| and ReLU have no derivative.
    const auto random = [](float scale) {
      return [scale](arma::uword rows, arma::uword columns, std::uint64_t stream) {
        arma::fmat m = random_matrix(rows, columns, stream);
        for (float& x : m) x = scale * (x + std::copysign(.1f, x));
        return m;
      };
    };
    const auto constant = [](float value) {
      return [value](arma::uword rows, arma::uword columns, std::uint64_t) {
        return arma::fmat(rows, columns, arma::fill::value(value));
      };
    };
    const auto make = [](const std::string& sort, const Fill& fill, float scale, bool corner = false,
                         bool single = false) {
      const arma::uword features = single ? 1 : 25, units = single ? 1 : 6, classes = single ? 2 : 3,
                        batch = single ? 1 : 7;
      Matrices m{sort, {}, {}, fill(features, batch, 1), fill(units, batch, 2), fill(classes, batch, 3), scale, corner};
      m.weights.layers = {{fill(units, features, 4), fill(units, 1, 5)},
                          {fill(classes, units, 6), fill(classes, 1, 7)}};
      m.gradient.layers = {{fill(units, features, 8), fill(units, 1, 9)},
                           {fill(classes, units, 10), fill(classes, 1, 11)}};
      m.overflows = scale > 1e12f;
      return m;
    };
    const auto one_column_zero = [&](arma::uword rows, arma::uword columns, std::uint64_t stream) {
      arma::fmat m = random(1)(rows, columns, stream);
      m.col(columns / 2).zeros();
      return m;
    };
    return std::vector<Matrices>{
        make("ordinary numbers", random(1), 1),
        make("all zero", constant(0), 1, true),
        make("one column zero", one_column_zero, 1, true),
        make("large numbers (1e4)", random(1e4f), 1e4f),
        make("huge numbers (1e15)", random(1e15f), 1e15f),  // their squares still fit in float32
        make("tiny numbers (1e-10)", random(1e-10f), 1e-10f),
        make("tiny numbers (1e-30)", random(1e-30f), 1e-30f),
        make("denormal numbers", constant(1e-45f), 1e-45f),
        make("1 x 1", random(1), 1, false, true),
        make("1 x 1, zero", constant(0), 1, true, true),
    };
  }();
  return all;
}

const Matrices& ordinary_matrices() { return all_matrices().front(); }

namespace {

/// Trains one array per layer, with as many columns as the layer has inputs, but at most two. Another entry of the
/// model may do that.
class Trains final : public Regulariser {
  PerLayer array_;
  void declare_state(State& state) override {
    const NetworkShape n = state.network();
    state.per_layer(
        "array", array_, Life::trained,
        [=](std::size_t l) {
          return State::Size{l ? n.outputs(l) : 0, l ? std::min<std::size_t>(2, n.inputs(l)) : 0};
        },
        1);
  }
};

learning::Entry trains() {
  const auto make = [] { return std::make_shared<Trains>(); };
  return {"another entry", make(), learning::Scope{}, 1, "model", make};
}

}  // namespace

HookFixture::HookFixture(const Candidate& candidate, const Matrices& of, std::optional<bool> biases)
    : matrices(of),
      network(of.weights),
      entry(entry_of(candidate, {.biases = biases})),
      another(trains()),
      states(network, matrices.shape()),
      untouched_(network, matrices.shape()) {
  fits_or_skips(candidate, of.shape(), image_of(of.shape().inputs(1)));
  const learning::Entry twin = entry.remade();  // declares the arrays that reset() copies from
  const learning::Entry another_twin = another.remade();
  untouched_.declare(twin), untouched_.declare(another_twin), untouched_.complete();
  states.declare(entry), states.declare(another), states.complete();
}

/// One training step and one measurement.
struct HookFixture::Calls {
  HookFixture& t;
  std::uint64_t number;
  bool backwards;
  HookResults results = {};
  const learning::Entry& e = t.entry;
  const Matrices& m = t.matrices;
  const Step step = e.step(number, 0.1f);
  const std::size_t depth = 2;

  void ran(const std::string& hook) {
    if (t.after_hook) t.after_hook(hook);
  }
  void note(const std::string& hook, const arma::fmat& values) {
    results.push_back({hook, {values.begin(), values.end()}});
  }
  void note(const std::string& hook, const Layer& layer) {
    note(hook, layer.W);
    note(hook, layer.b);
  }
  void note(const std::string& hook, const Network& all) {
    for (const Layer& layer : all.layers) note(hook, layer);
  }

  /// Calls f for the tiles of a layer that the entry covers.
  template <class F>
  void tiles(std::size_t l, F&& f) {
    std::vector<Tile> all;
    each_tile(l, m.weights.layer(l), [&](const Tile& tile) {
      if (e.scope.covers(tile)) all.push_back(tile);
    });
    if (backwards) std::ranges::reverse(all);
    for (const Tile& tile : all) f(tile);
  }
  /// Likewise for all layers. The engine may process tiles in any order.
  template <class F>
  void all_tiles(F&& f) {
    for (std::size_t i = 1; i <= depth; ++i) {
      const std::size_t l = backwards ? depth + 1 - i : i;
      tiles(l, f);
    }
  }
  Layer in_reach(const Layer& layer) const { return {layer.W, e.scope.biases ? layer.b : arma::fvec()}; }

  void batch() {
    if (!e.batch) return;
    const arma::uword classes = m.logits.n_rows, size = m.inputs.n_cols;
    Batch b{m.inputs, arma::fmat(classes, size, arma::fill::zeros), image_of(m.inputs.n_rows)};
    for (arma::uword n = 0; n < size; ++n) b.targets(n % classes, n) = 1;
    e.run("BatchChange::change", number, [&] { e.batch->change(b, step); });
    ran("BatchChange::change");
    if (arma::size(b.inputs) != arma::size(m.inputs) || b.targets.n_rows != classes || b.targets.n_cols != size)
      throw learning::HookFailure(e.name, "BatchChange::change", number, "changed the shape of the batch");
    note("BatchChange::change", b.inputs);
    note("BatchChange::change", b.targets);
  }

  void weight_change() {
    for (std::size_t l = 1; e.weight && l <= depth; ++l) {
      if (!e.scope.weights_of(l)) continue;
      const auto call = [&](const char* hook, Layer layer, const auto& f) {
        learning::checked(e, hook, number, l, layer, [&] { f(layer); });
        ran(hook);
        note(hook, layer);
      };
      call("WeightChange::forward", m.weights.layer(l), [&](Layer& x) { e.weight->forward(x, l, step); });
      call("WeightChange::backward", m.gradient.layer(l), [&](Layer& x) { e.weight->backward(x, l, step); });
      call("WeightChange::measure", m.weights.layer(l), [&](Layer& x) { e.weight->measure(x, l); });
    }
  }

  void activation_change(std::size_t layer, Where where, const arma::fmat& values) {
    if (!e.changes_activations(where, layer)) return;
    const auto call = [&](const char* hook, arma::fmat x, const auto& f) {
      learning::checked(e, hook, number, x, [&] { f(Activations{layer, x}); });
      ran(hook);
      note(hook, x);
    };
    call("ActivationChange::forward", values, [&](Activations h) { e.activation->forward(h, step); });
    call("ActivationChange::backward", values, [&](Activations h) { e.activation->backward(h, step); });
    call("ActivationChange::measure", values, [&](Activations h) { e.activation->measure(h); });
    call("ActivationChange::measure_backward", values, [&](Activations h) { e.activation->measure_backward(h); });
  }

  /// A penalty of weights of 1e15 may legitimately overflow float32; its gradient is then ignored.
  bool beyond_float32(double value) const {
    return m.overflows && !(std::abs(value) < 1e36 * static_cast<double>(m.scale)) && !std::isnan(value);
  }

  void penalties() {
    double sum = 0;
    if (e.weight_penalty) {
      Network g = m.gradient;
      all_tiles([&](const Tile& tile) {
        const auto w = part(m.weights.layer(tile.layer), tile);
        sum += e.run("WeightPenalty::value", number, [&] { return e.weight_penalty->value(w, tile, step); });
      });
      ran("WeightPenalty::value");
      all_tiles([&](const Tile& tile) {
        const auto w = part(m.weights.layer(tile.layer), tile);
        e.run("WeightPenalty::add_gradient", number,
              [&] { e.weight_penalty->add_gradient(w, part(g.layer(tile.layer), tile), tile, step); });
      });
      ran("WeightPenalty::add_gradient");
      // The rounding of the sum depends on the order of its terms, which the engine fixes.
      if (!backwards && !beyond_float32(sum)) results.push_back({"WeightPenalty::value", {sum}});
      if (!beyond_float32(sum)) note("WeightPenalty::add_gradient", g);
    }
    for (std::size_t l = 1; e.layer_penalty && l <= depth; ++l) {
      if (!e.scope.weights_of(l)) continue;
      const arma::fmat x = arma::abs(random_matrix(m.weights.layer(l).inputs(), m.inputs.n_cols, 20 + l)),
                       z = m.weights.layer(l).W * x;
      const Layer w = in_reach(m.weights.layer(l));
      Layer g = in_reach(m.gradient.layer(l));
      const double value = e.run("LayerPenalty::value", number, [&] {
        return e.layer_penalty->value(w, {l, x, z}, step);
      });
      ran("LayerPenalty::value");
      e.run("LayerPenalty::add_gradient", number, [&] { e.layer_penalty->add_gradient(w, {l, x, z}, g, step); });
      ran("LayerPenalty::add_gradient");
      if (beyond_float32(value)) continue;
      results.push_back({"LayerPenalty::value", {value}});
      note("LayerPenalty::add_gradient", g);
    }
    for (std::size_t l = 1; l <= depth; ++l) {
      if (!e.penalises_activations(l, depth)) continue;
      const arma::fmat& h = l < depth ? m.hidden : m.logits;
      arma::fmat g = h;
      const arma::fmat targets = m.targets();
      const PenalisedUnits units{l, h, targets};
      const double value =
          e.run("ActivationPenalty::value", number, [&] { return e.activation_penalty->value(units, step); });
      ran("ActivationPenalty::value");
      e.run("ActivationPenalty::add_gradient", number, [&] { e.activation_penalty->add_gradient(units, g, step); });
      ran("ActivationPenalty::add_gradient");
      if (beyond_float32(value)) continue;
      results.push_back({"ActivationPenalty::value", {value}});
      note("ActivationPenalty::add_gradient", g);
    }
  }

  void gradient_changes() {
    Network g = m.gradient;
    if (e.gradient) {
      all_tiles([&](const Tile& tile) {
        e.run("GradientChange::change", number, [&] {
          e.gradient->change(part(m.weights.layer(tile.layer), tile), part(g.layer(tile.layer), tile), tile, step);
        });
      });
      ran("GradientChange::change");
      note("GradientChange::change", g);
    }
    if (e.network_gradient) {
      g = m.gradient;
      learning::checked(e, "NetworkGradientChange::change", number, g,
                        [&] { e.network_gradient->change(m.weights, g, step); });
      ran("NetworkGradientChange::change");
      note("NetworkGradientChange::change", g);
    }
    if (e.look_ahead) {
      Network displaced = m.weights;
      learning::checked(e, "LookAhead::displace", number, displaced,
                        [&] { e.look_ahead->displace(displaced, m.gradient, step); });
      ran("LookAhead::displace");
      note("LookAhead::displace", displaced);
    }
  }

  void update() {
    Network w = m.weights;
    const auto each = [&](const char* hook, const auto& f) {
      all_tiles([&](const Tile& tile) { e.run(hook, number, [&] { f(part(w.layer(tile.layer), tile), tile); }); });
      ran(hook);
      note(hook, w);
    };
    if (e.before_update)
      each("BeforeUpdate::before_update",
           [&](std::span<float> x, const Tile& tile) { e.before_update->before_update(x, tile, step); });
    if (e.after_update)
      each("AfterUpdate::after_update",
           [&](std::span<float> x, const Tile& tile) { e.after_update->after_update(x, tile, step); });
    for (std::size_t l = 1; e.after_layer_update && l <= depth; ++l) {
      if (!e.scope.weights_of(l)) continue;
      Layer& layer = w.layer(l);
      learning::checked(e, "AfterLayerUpdate::after_update", number, l, layer,
                        [&] { e.after_layer_update->after_update(layer.W, layer.b, l, step); });
      ran("AfterLayerUpdate::after_update");
      note("AfterLayerUpdate::after_update", layer);
    }
    if (e.measured)
      each("MeasuredWeights::measured", [&](std::span<float> x, const Tile& tile) { e.measured->measured(x, tile); });
  }

  void watcher() {
    if (!e.watcher) return;
    for (const double value : {0.5, 0.7, 0.6, std::nan("")}) {
      const auto decision = e.run("Watcher::see", number, [&] { return e.watcher->see({number, value, true}); });
      ran("Watcher::see");
      results.push_back({"Watcher::see", {static_cast<double>(decision)}});
    }
  }
};

HookResults HookFixture::every_hook(std::uint64_t step, bool tiles_backwards) {
  Calls calls{*this, step, tiles_backwards};
  states.zero_gradients();
  calls.batch();
  calls.weight_change();
  calls.activation_change(0, Where::inputs, matrices.inputs);
  for (const Where where : {Where::before_relu, Where::after_relu}) calls.activation_change(1, where, matrices.hidden);
  calls.penalties();
  calls.gradient_changes();
  calls.update();
  calls.watcher();
  return std::move(calls.results);
}

}  // namespace pipeline::conformance
