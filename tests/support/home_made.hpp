// Regularisers for tests, one for each hook: they count their calls and run the functions that a test sets.
#pragma once
#include <functional>
#include <map>
#include <tuple>

#include "small_model.hpp"

namespace home_made {
using namespace pipeline;

struct BatchHook final : Regulariser, BatchChange {
  std::function<void(Batch&, const Step&)> what;
  mutable int calls = 0;
  void change(Batch& b, const Step& step) const override {
    ++calls;
    if (what) what(b, step);
  }
};

struct ActivationHook final : Regulariser, ActivationChange {
  explicit ActivationHook(Where place) : where_(place) {}
  std::function<void(Activations, const Step&)> forward_, backward_;
  std::function<void(Activations)> measure_;
  mutable std::vector<std::string> calls;
  Where where() const override { return where_; }
  void forward(Activations h, const Step& step) const override {
    note("forward", h);
    if (forward_) forward_(h, step);
  }
  void backward(Activations h, const Step& step) const override {
    note("backward", h);
    if (backward_) backward_(h, step);
  }
  void measure(Activations h) const override {
    if (measure_) measure_(h);
  }

 private:
  void note(const std::string& way, const Activations& h) const {
    calls.push_back(way + " " + std::to_string(h.layer) + " " + std::to_string(h.values.n_rows) + "x" +
                    std::to_string(h.values.n_cols));
  }
  Where where_;
};

struct WeightHook final : Regulariser, WeightChange {
  std::function<void(Layer&)> forward_, backward_, measure_;
  std::function<void(const Layer&, std::size_t)> with_layer;
  mutable int calls = 0;
  void forward(Layer& l, std::size_t layer, const Step&) const override {
    see(l, layer);
    if (forward_) forward_(l);
  }
  void backward(Layer& l, std::size_t layer, const Step&) const override {
    see(l, layer);
    if (backward_) backward_(l);
  }
  void measure(Layer& l, std::size_t layer) const override {
    if (with_layer) with_layer(l, layer);
    if (measure_) measure_(l);
  }

 private:
  void see(const Layer& l, std::size_t layer) const {
    ++calls;
    if (with_layer) with_layer(l, layer);
  }
};

/// Penalty, change of the gradient and hook after the update, tile by tile; records the tiles of each call.
struct TileHooks final : Regulariser, WeightPenalty, GradientChange, AfterUpdate {
  using Places = std::map<std::tuple<std::size_t, Kind, std::size_t>, std::size_t>;  // -> length of the tile
  std::function<double(std::span<const float>)> value_;
  std::function<void(std::span<const float>, std::span<float>)> add, change_;
  std::function<void(std::span<float>, const Tile&)> after;
  mutable Places gradient_tiles, change_tiles, update_tiles;
  mutable int repeated = 0;
  double value(std::span<const float> w, const Tile&, const Step&) const override { return value_ ? value_(w) : 0; }
  void add_gradient(std::span<const float> w, std::span<float> g, const Tile& t, const Step&) const override {
    note(gradient_tiles, t, g.size());
    if (add) add(w, g);
  }
  void change(std::span<const float> w, std::span<float> g, const Tile& t, const Step&) const override {
    note(change_tiles, t, g.size());
    if (change_) change_(w, g);
  }
  void after_update(std::span<float> w, const Tile& t, const Step&) const override {
    note(update_tiles, t, w.size());
    if (after) after(w, t);
  }

 private:
  void note(Places& places, const Tile& t, std::size_t length) const {
    repeated += !places.emplace(std::tuple(t.layer, t.kind, t.input), length).second;
  }
};

/// strength / 2 * (sum of W^2 + sum of b^2), unless the test sets value_.
struct LayerPenaltyHook final : Regulariser, LayerPenalty {
  std::function<void(const Layer&, const LayerPass&, const Layer*)> look;
  std::function<void(Layer&)> corrupt;
  std::function<double()> value_;
  double strength = 0;
  mutable int calls = 0;
  double value(const Layer& w, const LayerPass& pass, const Step&) const override {
    if (look) look(w, pass, nullptr);
    if (value_) return value_();
    double sum = 0;
    for (const float x : w.W) sum += double{x} * x;
    for (const float x : w.b) sum += double{x} * x;
    return strength / 2 * sum;
  }
  void add_gradient(const Layer& w, const LayerPass& pass, Layer& gradient, const Step&) const override {
    ++calls;
    if (look) look(w, pass, &gradient);
    gradient.W += float(strength) * w.W;
    if (!w.b.is_empty()) gradient.b += float(strength) * w.b;
    if (corrupt) corrupt(gradient);
  }
};

/// strength / 2 * sum of h^2 / batch, unless the test sets value_.
struct ActivationPenaltyHook final : Regulariser, ActivationPenalty {
  std::function<void(arma::fmat&)> corrupt;
  std::function<double()> value_;
  double strength = 0;
  Penalised what = Penalised::activations;
  mutable std::vector<std::size_t> layers;
  Penalised penalised() const override { return what; }
  double value(const PenalisedUnits& units, const Step&) const override {
    const arma::fmat& h = units.h;
    if (value_) return value_();
    double sum = 0;
    for (const float x : h) sum += double{x} * x;
    return strength / 2 * sum / double(h.n_cols);
  }
  void add_gradient(const PenalisedUnits& units, arma::fmat& gradient, const Step&) const override {
    layers.push_back(units.layer);
    gradient += float(strength / double(units.h.n_cols)) * units.h;
    if (corrupt) corrupt(gradient);
  }
};

struct NetworkHook final : Regulariser, NetworkGradientChange {
  std::function<void(const Network&, Network&)> what;
  void change(const Network& w, Network& g, const Step&) const override {
    if (what) what(w, g);
  }
};

struct LookAheadHook final : Regulariser, LookAhead {
  std::function<void(Network&, const Network&)> what;
  mutable int calls = 0;
  void displace(Network& w, const Network& g, const Step&) const override {
    ++calls;
    if (what) what(w, g);
  }
};

struct AfterLayerHook final : Regulariser, AfterLayerUpdate {
  std::function<void(arma::fmat&, arma::fvec&, std::size_t)> what;
  mutable int calls = 0;
  void after_update(arma::fmat& W, arma::fvec& b, std::size_t layer, const Step&) const override {
    ++calls;
    if (what) what(W, b, layer);
  }
};

struct MeasuredHook final : Regulariser, MeasuredWeights {
  std::function<void(std::span<float>)> what;
  void measured(std::span<float> copy, const Tile&) const override {
    if (what) what(copy);
  }
};

/// Measures with the mean of the weights over all steps so far.
struct MeanOfWeights final : Regulariser, AfterUpdate, MeasuredWeights {
  LikeWeights sum, first;
  mutable std::uint64_t steps = 0;
  void declare_state(State& state) override {
    state.like_weights("sum", sum, State::Start::zero);
    state.like_weights("first", first, State::Start::weights);
  }
  void after_update(std::span<float> w, const Tile& t, const Step& step) const override {
    steps = step.number + 1;
    const std::span<float> s = sum.at(t);
    for (std::size_t i = 0; i < w.size(); ++i) s[i] += w[i];
  }
  void measured(std::span<float> copy, const Tile& t) const override {
    const std::span<float> s = sum.at(t);
    for (std::size_t i = 0; steps && i < copy.size(); ++i) copy[i] = s[i] / static_cast<float>(steps);
  }
};

/// Scales z of each hidden layer by a trained array with one factor per unit; forward stores z for the backward pass.
struct TrainedScale final : Regulariser, ActivationChange {
  PerLayer scale, seen;
  void declare_state(State& state) override {
    const auto units = [&](std::size_t l) {
      return State::Size{l > 0 && l < state.network().layers() ? state.network().outputs(l) : 0};
    };
    state.per_layer("scale", scale, Life::trained, units, 1);
    state.per_layer("seen", seen, Life::step, units);
  }
  Where where() const override { return Where::before_relu; }
  void forward(Activations h, const Step&) const override {
    seen.at(h.layer) = h.values;
    measure(h);
  }
  void backward(Activations d, const Step&) const override {
    scale.gradient(d.layer) += arma::sum(d.values % seen.at(d.layer), 1);
    measure_backward(d);
  }
  void measure(Activations h) const override { h.values.each_col() %= arma::fvec(scale.at(h.layer)); }
  void measure_backward(Activations d) const override { measure(d); }
};

/// Multiplies the weights by a factor before the gradient step.
struct ShrinkBefore final : Regulariser, BeforeUpdate {
  float factor = 0.5f;
  void before_update(std::span<float> w, const Tile&, const Step&) const override {
    for (float& x : w) x *= factor;
  }
};

inline const pipeline::learning::Scope everything = support::with_biases();

/// Weights after `steps` steps of a model with these entries.
template <class... Entry>
pipeline::Network trained(const support::SmallStudy& study, std::uint64_t steps, Entry... entries) {
  const auto model = study.model_of(std::move(entries)...);
  study.train(*model, 0, steps);
  return model->network();
}

}  // namespace home_made
