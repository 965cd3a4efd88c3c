// From the gradients by z to new weights, tile by tile: data gradient, penalties in file order, gradient hooks, hooks
// before the update, the optimiser's direction d, w = fma(-rate, d, w), hooks after it. The gradient is stored whole only
// if a hook needs it whole.
#include <algorithm>
#include <ranges>

#include "kernels/elementwise.hpp"
#include "learning/checked.hpp"
#include "learning/model.hpp"
#include "learning/strength.hpp"
#include "learning/tiles.hpp"

namespace pipeline::learning {

namespace {
// Inputs whose weights' gradient is computed at a time, so that the update finds it in the L2 cache (64 x 1000 floats,
// 256 KB). OpenBLAS needs more to be fast; there the number fixes the shapes of the products and so the bits.
constexpr std::size_t kColumns = 64, kColumnsOfBlas = 256;

/// Calls f with the layer within the entry's scope: without biases unless the entry acts on them. A layer has megabytes
/// of weights, so they are not copied; Armadillo's views of memory are not const, but f gets a const layer.
template <class F>
auto within_scope(const Entry& e, const Layer& layer, const F& f) {
  if (e.scope.biases || layer.b.is_empty()) return f(layer);
  const Layer weights{arma::fmat(const_cast<float*>(layer.W.memptr()), layer.W.n_rows, layer.W.n_cols, false, true),
                      {}};
  return f(weights);
}
}  // namespace

/// Computes the data gradient of a layer's weights, as many inputs at a time as suits the cache, into to(first, count),
/// and calls f(first, count) after each.
template <class To, class F>
void Model::each_weight_gradient_block(std::size_t l, const To& to, F&& f) {
  const kernels::Factor dz{dz_[l - 1], dz_panels_};
  const std::size_t inputs = network_.layer(l).inputs(), at_a_time = products_.are_own() ? kColumns : kColumnsOfBlas;
  for (std::size_t first = 0; first < inputs; first += at_a_time) {
    const std::size_t count = std::min(at_a_time, inputs - first);
    products_.gradient(dz, pass_.x[l - 1], pass_.of_x[l - 1], first, count, to(first, count));
    f(first, count);
  }
}

/// Calls per_tile with the data gradient of each tile of a layer's weights, while it is in the cache.
template <class PerTile>
void Model::each_weight_gradient(std::size_t l, PerTile&& per_tile) {
  const std::size_t outputs = network_.layer(l).outputs();
  const auto to = [&](std::size_t, std::size_t count) {
    columns_.set_size(outputs, count);
    return columns_.memptr();
  };
  each_weight_gradient_block(l, to, [&](std::size_t first, std::size_t count) {
    for (std::size_t j = 0; j < count; ++j)
      per_tile(Tile{l, Kind::weights, first + j}, std::span(columns_.colptr(j), outputs));
  });
}

/// The same for its biases, if it has any.
template <class PerTile>
void Model::each_bias_gradient(std::size_t l, PerTile&& per_tile) {
  if (network_.layer(l).b.is_empty()) return;
  kernels::row_sums(dz_[l - 1], bias_gradient_);
  per_tile(Tile{l, Kind::bias}, std::span(bias_gradient_.memptr(), bias_gradient_.n_elem));
}

/// Whether the optimiser or some hook uses the weights or their gradient in every step. A single SquaredPenalty does not:
/// it is part of the update.
bool Model::plugins_see_weights() const {
  if (!is_plain_descent()) return true;
  for (std::size_t l = 1; l <= network_.depth(); ++l) {
    std::size_t penalties = 0;
    for (const Entry& e : entries_) {
      if (!e.scope.weights_of(l)) continue;
      penalties += e.weight_penalty != nullptr;
      if (e.gradient || e.before_update || e.after_update || e.after_layer_update) return true;
      if (e.weight_penalty && (!e.squared_penalty || penalties > 1)) return true;
    }
  }
  return false;
}

/// The factor of the layer's SquaredPenalty, whose gradient is the factor times the weights.
float Model::decay(std::size_t l, const Step& step) const {
  for (const Entry& e : entries_)
    if (e.squared_penalty && e.scope.weights_of(l))
      return static_cast<float>(checked_value(e, "SquaredPenalty::factor", step.number, [&] {
        const Step now = e.step(step);
        return e.squared_penalty->factor(now) * now.strength;
      }));
  return 0;
}

void Model::descend_layer(std::size_t l, const Step& step, bool weights_have) {
  Layer& layer = network_.layer(l);
  const auto descend = [&](const Tile& tile, std::span<float> w, std::span<float> g) {
    change_weights_back(tile, g, step);
    for (const Entry& e : entries_) penalise(e, tile, w, g, step);
    change(tile, w, g, step);
    update(tile, w, g, step);
  };
  const auto descend_plain = [&](const Tile& tile, std::span<float> g) { descend(tile, part(layer, tile), g); };
  if (!lives_in_panels_) {
    each_weight_gradient(l, descend_plain);
  } else if (!updates_within_products_) {
    kernels::Panelled& W = panels_[l - 1];
    column_.set_size(layer.outputs());
    each_weight_gradient(l, [&](const Tile& tile, std::span<float> g) {
      W.copy_column(tile.input, column_.memptr());
      descend(tile, {column_.memptr(), column_.n_elem}, g);
      W.set_column(tile.input, column_.memptr());
    });
  } else if (!weights_have) {  // no hook sees the gradient, so it is never stored
    products_.descend(dz_panels_, pass_.x[l - 1], pass_.of_x[l - 1], {step.learning_rate, decay(l, step)},
                      panels_[l - 1]);
  }
  is_behind_ = lives_in_panels_;
  each_bias_gradient(l, descend_plain);
  after_layer(l, step);
}

void Model::descend_stored(const Step& step) {
  for (std::size_t l = 1; l <= network_.depth(); ++l) {
    Layer &w = network_.layer(l), &g = gradient_.layer(l);
    each_tile(l, w, [&](const Tile& tile) { update(tile, part(w, tile), part(g, tile), step); });
    after_layer(l, step);
  }
}

void Model::blame(const ModelPlugin& plugin, const char* hook, const Tile& tile, const Step& step) const {
  const std::size_t l = std::max<std::size_t>(tile.layer, 1);  // for an array of the inputs, check layer 1
  const arma::fmat &dz = dz_[l - 1], &x = pass_.x[l - 1];
  arma::fmat data(dz.n_rows, x.n_rows);  // these sums may not be finite even before any hook
  kernels::Nonzeros of_x;
  of_x.assign(x);
  kernels::Panelled panels;
  products_.gradient(products_.factor(dz, panels), x, of_x, 0, x.n_rows, data.memptr());
  if (!all_finite(x)) throw Diverged(step.number, "an input of layer " + std::to_string(l), last_update(step.number));
  if (!all_finite(dz) || !all_finite(data))
    throw Diverged(step.number, "the gradient of layer " + std::to_string(l), last_update(step.number));
  throw HookFailure(plugin.name, hook, step.number,
                    "left a value that is not finite in layer " + std::to_string(tile.layer) +
                        (tile.kind == Kind::own    ? ", " + states_.trained()[tile.own].first
                         : tile.kind == Kind::bias ? ", biases"
                                                   : ", weights of input " + std::to_string(tile.input)),
                    plugin.kind);
}

void Model::penalise(const Entry& e, const Tile& tile, std::span<const float> w, std::span<float> g,
                     const Step& step) const {
  if (!e.weight_penalty || !e.scope.covers(tile)) return;
  const Step now = e.step(step);
  const auto add = [&](std::span<float> to) { e.weight_penalty->add_gradient(w, to, tile, now); };
  e.run("WeightPenalty::add_gradient", step.number,
        [&] { e.squared_penalty ? add(g) : add_times(now.strength, g, add); });  // which includes its strength
  if (!all_finite(g)) blame(e, "WeightPenalty::add_gradient", tile, step);
}

/// `layer` is a hidden layer, or the last for the logits.
void Model::penalise_units(std::size_t layer, const arma::fmat& h, arma::fmat& gradient, const Step& step) {
  for (const Entry& e : entries_) {
    if (!e.penalises_activations(layer, network_.depth())) continue;
    const Step now = e.step(step);
    checked(e, "ActivationPenalty::add_gradient", step.number, gradient, [&] {
      states_.add_times(now.strength, e, [&] {
        add_times(now.strength, gradient, [&](arma::fmat& to) {
          e.activation_penalty->add_gradient({layer, h, batch_.targets}, to, now);
        });
      });
    });
  }
}

/// The adjoint of the WeightTileChange hooks.
void Model::change_weights_back(const Tile& tile, std::span<float> g, const Step& step) {
  if (!weight_tiles_) return;
  for (const Entry& e : std::views::reverse(entries_)) {
    if (!e.weight_tile || !e.scope.covers(tile)) continue;
    e.run("WeightChange::backward", step.number, [&] { e.weight_tile->backward_tile(g, tile, e.step(step)); });
    if (!all_finite(g)) blame(e, "WeightChange::backward", tile, step);
  }
}

void Model::change(const Tile& tile, std::span<const float> w, std::span<float> g, const Step& step) {
  for (const Entry& e : entries_) {
    if (!e.gradient || !e.scope.covers(tile)) continue;
    e.run("GradientChange::change", step.number, [&] { e.gradient->change(w, g, tile, e.step(step)); });
    if (!all_finite(g)) blame(e, "GradientChange::change", tile, step);
  }
}

void Model::update(const Tile& tile, std::span<float> w, std::span<float> g, const Step& step) {
  for (const Entry& e : entries_) {
    if (!e.before_update || !e.scope.covers(tile)) continue;
    e.run("BeforeUpdate::before_update", step.number, [&] { e.before_update->before_update(w, tile, e.step(step)); });
    if (!all_finite(w)) blame(e, "BeforeUpdate::before_update", tile, step);
  }
  if (!is_plain_descent()) {
    optimiser_->run("Optimiser::direction", step.number,
                    [&] { optimiser_->object->direction(w, g, tile, optimiser_->step(step)); });
    if (!all_finite(g)) blame(*optimiser_, "Optimiser::direction", tile, step);
  }
  kernels::descend(w, g, step.learning_rate);
  if (after_layer_ && tile.kind != Kind::own) return;  // after_layer() runs all hooks after the update in file order
  for (const Entry& e : entries_) {
    if (!e.after_update || !e.scope.covers(tile)) continue;
    e.run("AfterUpdate::after_update", step.number, [&] { e.after_update->after_update(w, tile, e.step(step)); });
    if (!all_finite(w)) blame(e, "AfterUpdate::after_update", tile, step);
  }
}

template <class F>
void Model::each_own_tile(F&& f) const {
  for (std::size_t own = 0; own < states_.trained().size(); ++own) {
    Kept& kept = *states_.trained()[own].second;
    for (auto& [layer, values] : kept.values)
      for (arma::uword column = 0; column < values.n_cols; ++column)
        f(Tile{layer, Kind::own, column, own}, std::span(values.colptr(column), values.n_rows),
          std::span(kept.gradients.at(layer).colptr(column), values.n_rows), *kept.owner);
  }
}

/// The hook that adds the gradient of an entry's trained arrays.
const char* Model::added_by(const ModelPlugin& owner) const {
  const auto entry = std::ranges::find(entries_, owner.name, &Entry::name);
  return entry->activation ? "ActivationChange::backward" : "ActivationPenalty::add_gradient";
}

/// Trained arrays are updated like biases, after all layers.
void Model::update_own(const Step& step) {
  each_own_tile([&](const Tile& tile, std::span<float> w, std::span<float> g, const ModelPlugin& owner) {
    if (!all_finite(g)) blame(owner, added_by(owner), tile, step);
    for (const Entry& e : entries_) penalise(e, tile, w, g, step);
    change(tile, w, g, step);
    update(tile, w, g, step);
  });
}

void Model::after_layer(std::size_t l, const Step& step) {
  if (!after_layer_) return;
  Layer& layer = network_.layer(l);
  arma::fvec no_biases;
  for (const Entry& e : entries_) {
    if (!e.scope.weights_of(l)) continue;
    const Step now = e.step(step);
    const auto tile_hook = [&](const Tile& tile) {
      if (!e.scope.covers(tile)) return;
      const std::span<float> w = part(layer, tile);
      e.run("AfterUpdate::after_update", step.number, [&] { e.after_update->after_update(w, tile, now); });
      if (!all_finite(w)) blame(e, "AfterUpdate::after_update", tile, step);
    };
    if (e.after_update) each_tile(l, layer, tile_hook);
    if (!e.after_layer_update) continue;
    const arma::uword rows = layer.W.n_rows, columns = layer.W.n_cols, biases = layer.b.n_elem;
    e.run("AfterLayerUpdate::after_update", step.number,
          [&] { e.after_layer_update->after_update(layer.W, e.scope.biases ? layer.b : no_biases, l, now); });
    if (layer.W.n_rows != rows || layer.W.n_cols != columns || layer.b.n_elem != biases)
      throw HookFailure(e.name, "AfterLayerUpdate::after_update", step.number,
                        "changed the shape of layer " + std::to_string(l));
    if (!all_finite(layer)) blame(e, "AfterLayerUpdate::after_update", {l, Kind::weights}, step);
  }
}

void Model::store_layer_gradient(std::size_t l, const Network& at, const Step& step) {
  if (gradient_.layers.empty()) gradient_ = network_;
  Layer& g = gradient_.layer(l);
  each_weight_gradient_block(
      l, [&](std::size_t first, std::size_t) { return g.W.colptr(first); }, [](std::size_t, std::size_t) {});
  each_bias_gradient(l,
                     [&](const Tile& tile, std::span<float> of_b) { std::ranges::copy(of_b, part(g, tile).begin()); });
  for (const Entry& e : std::views::reverse(entries_))
    if (e.weight && e.scope.weights_of(l))
      checked(e, "WeightChange::backward", step.number, l, g, [&] { e.weight->backward(g, l, e.step(step)); });
  const Layer& w = at.layer(l);
  for (const Entry& e : entries_) {
    if (e.weight_penalty)
      each_tile(l, w, [&](const Tile& tile) { penalise(e, tile, part(w, tile), part(g, tile), step); });
    if (e.layer_penalty && e.scope.weights_of(l))
      checked(e, "LayerPenalty::add_gradient", step.number, l, g, [&] {
        const Step now = e.step(step);
        add_times(now.strength, g, [&](Layer& to) {
          within_scope(e, w, [&](const Layer& in_scope) {
            e.layer_penalty->add_gradient(in_scope, {l, pass_.x[l - 1], pass_.z[l - 1]}, to, now);
          });
        });
      });
  }
}

void Model::store_gradient(const Network& at, const Step& step) {
  const Weights used = pass_forward(at, step);
  for (std::size_t l = at.depth(); l >= 1; --l) {
    take_dz(l);
    if (l > 1) pass_backward_into(l - 1, used, step, false);
    store_layer_gradient(l, at, step);
  }
}

void Model::change_stored(const Step& step) {
  for (std::size_t l = 1; l <= network_.depth(); ++l) {
    Layer &w = network_.layer(l), &g = gradient_.layer(l);
    each_tile(l, w, [&](const Tile& tile) { change(tile, part(w, tile), part(g, tile), step); });
  }
  for (const Entry& e : entries_)
    if (e.network_gradient)
      checked(e, "NetworkGradientChange::change", step.number, gradient_,
              [&] { e.network_gradient->change(network_, gradient_, e.step(step)); });
}

double Model::weight_penalty(const Network& at, std::uint64_t step) const {
  double sum = 0;
  for (const Entry& e : entries_) {
    if (!e.weight_penalty) continue;
    const Step now = e.step(step, rate_.at(step));
    const auto add = [&](std::span<const float> w, const Tile& tile) {
      if (e.scope.covers(tile))
        sum += now.strength *
               checked_value(e, "WeightPenalty::value", step, [&] { return e.weight_penalty->value(w, tile, now); });
    };
    for (std::size_t l = 1; l <= at.depth(); ++l) {
      const Layer& w = at.layer(l);
      each_tile(l, w, [&](const Tile& tile) { add(part(w, tile), tile); });
    }
    each_own_tile(
        [&](const Tile& tile, std::span<const float> w, std::span<float>, const ModelPlugin&) { add(w, tile); });
  }
  return sum;
}

double Model::batch_penalty(const Network& at, const Pass& pass, const arma::fmat& targets, std::uint64_t step) const {
  double sum = 0;
  for (const Entry& e : entries_) {
    const Step now = e.step(step, rate_.at(step));
    for (std::size_t l = 1; l <= at.depth(); ++l) {
      if (e.layer_penalty && e.scope.weights_of(l))
        sum += now.strength * checked_value(e, "LayerPenalty::value", step, [&] {
                 return within_scope(e, at.layer(l), [&](const Layer& in_scope) {
                   return e.layer_penalty->value(in_scope, {l, pass.x[l - 1], pass.z[l - 1]}, now);
                 });
               });
      if (e.penalises_activations(l, at.depth()))
        sum += now.strength * checked_value(e, "ActivationPenalty::value", step, [&] {
                 return e.activation_penalty->value({l, l < at.depth() ? pass.x[l] : pass.logits(), targets}, now);
               });
    }
  }
  return sum;
}

}  // namespace pipeline::learning
