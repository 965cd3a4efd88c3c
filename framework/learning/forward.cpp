#include "learning/forward.hpp"

#include <algorithm>
#include <ranges>
#include <stdexcept>

#include "kernels/activations.hpp"
#include "learning/checked.hpp"

namespace pipeline::learning {

void change_forward(const Regime& r, Where where, std::size_t layer, arma::fmat& values) {
  for (const Entry& e : r.entries) {
    if (!e.changes_activations(where, layer)) continue;
    const Step now = e.step(r.step);
    if (r.form == Form::training)
      checked(e, "ActivationChange::forward", now.number, values, [&] {
        e.activation->forward({layer, values, r.targets}, now);
      });
    else
      checked(e, "ActivationChange::measure", now.number, values, [&] { e.activation->measure({layer, values}); });
  }
}

void change_backward(const Regime& r, Where where, std::size_t layer, arma::fmat& gradient) {
  for (const Entry& e : std::views::reverse(r.entries)) {
    if (!e.changes_activations(where, layer)) continue;
    const Step now = e.step(r.step);
    if (r.form == Form::training)
      checked(e, "ActivationChange::backward", now.number, gradient, [&] {
        e.activation->backward({layer, gradient, r.targets}, now);
      });
    else
      checked(e, "ActivationChange::measure_backward", now.number, gradient, [&] {
        e.activation->measure_backward({layer, gradient});
      });
  }
}

bool zeros_need_no_gradient(const Regime& r, std::size_t layer) {
  return r.shape.activation(layer) == ActivationFunction::relu && std::ranges::none_of(r.entries, [&](const Entry& e) {
           return e.changes_activations(Where::after_relu, layer) && !e.activation_scale;
         });
}

namespace {
/// Own kernels leave 0 where no gradient is needed, and no hook writes there.
bool is_zero_where_relu_gave_zero(const Regime& regime, std::size_t layer, bool has_penalties) {
  return regime.products.are_own() && zeros_need_no_gradient(regime, layer) && !has_penalties;
}
}  // namespace

bool way_back_needs_z(const Regime& regime, std::size_t depth, bool has_penalties) {
  for (std::size_t l = 1; l < depth; ++l)
    if (!is_zero_where_relu_gave_zero(regime, l, has_penalties)) return true;
  return false;
}

void backward_into(const Regime& regime, std::size_t layer, const Weights& weights, Pass& pass,
                   const kernels::Factor& next_dz, arma::fmat& dz,
                   const std::function<void(arma::fmat&)>& after_weights, const std::optional<Descending>& descending) {
  const arma::fmat& x = pass.x[layer];
  kernels::Nonzeros& of_x = pass.of_x[layer];
  const bool skips_zeros = zeros_need_no_gradient(regime, layer);
  if (descending)
    regime.products.back_and_descend(next_dz.panels, x, of_x, descending->how, descending->W, dz);
  else
    regime.products.back(weights.W(layer + 1), next_dz, x, skips_zeros ? &of_x : nullptr, dz);
  if (after_weights) after_weights(dz);
  change_backward(regime, Where::after_relu, layer, dz);
  if (!is_zero_where_relu_gave_zero(regime, layer, static_cast<bool>(after_weights))) {
    const arma::fmat& z = pass.before_activation(layer);
    if (arma::size(z) != arma::size(dz)) throw std::logic_error("the pass did not store z");
    kernels::activation_adjoint(regime.shape.activation(layer), z, dz);
  }
  change_backward(regime, Where::before_relu, layer, dz);
}

Weights weights(const kernels::Products& products, const Network& network, std::vector<kernels::Panelled>& panels) {
  panels.resize(network.depth());
  for (std::size_t l = 1; l <= network.depth(); ++l) products.factor(network.layer(l).W, panels[l - 1]);
  return {network, panels};
}

void forward(const Regime& regime, const Weights& weights, Pass& pass) {
  const std::size_t depth = weights.depth();
  pass.x.resize(depth);
  pass.z.resize(depth);
  pass.of_x.resize(depth);
  pass.changed_z.resize(depth);
  change_forward(regime, Where::inputs, 0, pass.x[0]);
  for (std::size_t l = 1; l <= depth; ++l) {
    arma::fmat &z = pass.z[l - 1], &changed = pass.changed_z[l - 1];
    const bool changes_z = std::ranges::any_of(
        regime.entries, [&](const Entry& e) { return e.changes_activations(Where::before_relu, l); });
    const ActivationFunction activation = regime.shape.activation(l);
    const bool straight_to_relu = l < depth && activation == ActivationFunction::relu && !pass.keeps_z && !changes_z;
    if (straight_to_relu) z.reset();  // it may be left from another pass
    regime.products.forward(weights.W(l), weights.network.layer(l).b, pass.x[l - 1], pass.of_x[l - 1],
                            straight_to_relu ? pass.x[l] : z,
                            straight_to_relu ? kernels::Then::relu : kernels::Then::nothing);
    if (l == depth) break;
    if (changes_z) {
      changed = z;
      change_forward(regime, Where::before_relu, l, changed);
    } else {
      changed.reset();
    }
    if (!straight_to_relu) kernels::activate(activation, pass.before_activation(l), pass.x[l]);
    change_forward(regime, Where::after_relu, l, pass.x[l]);
  }
}

void keep_z(const kernels::Products& products, const Weights& weights, Pass& pass) {
  for (std::size_t l = 1; l < weights.depth(); ++l)
    if (pass.z[l - 1].is_empty())
      products.forward(weights.W(l), weights.network.layer(l).b, pass.x[l - 1], pass.of_x[l - 1], pass.z[l - 1]);
  pass.keeps_z = true;
}

}  // namespace pipeline::learning
