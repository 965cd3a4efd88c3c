#include "learning/forward.hpp"

#include <algorithm>
#include <ranges>

#include "learning/checked.hpp"
#include "learning/elementwise.hpp"

namespace pipeline::learning {

void change_forward(const Regime& r, Where where, std::size_t layer, arma::fmat& values) {
  for (const Entry& e : r.entries) {
    if (!e.changes_activations(where, layer)) continue;
    const Step now = e.step(r.step.number, r.step.learning_rate);
    if (r.form == Form::training)
      checked(e, "ActivationChange::forward", now.number, values, [&] { e.activation->forward({layer, values}, now); });
    else
      checked(e, "ActivationChange::measure", now.number, values, [&] { e.activation->measure({layer, values}); });
  }
}

void change_backward(const Regime& r, Where where, std::size_t layer, arma::fmat& gradient) {
  for (const Entry& e : std::views::reverse(r.entries)) {
    if (!e.changes_activations(where, layer)) continue;
    const Step now = e.step(r.step.number, r.step.learning_rate);
    if (r.form == Form::training)
      checked(e, "ActivationChange::backward", now.number, gradient, [&] {
        e.activation->backward({layer, gradient}, now);
      });
    else
      checked(e, "ActivationChange::measure_backward", now.number, gradient, [&] {
        e.activation->measure_backward({layer, gradient});
      });
  }
}

void backward_into(const Regime& regime, std::size_t layer, const Network& network, const Pass& pass,
                   const arma::fmat& next_dz, arma::fmat& dz, const std::function<void(arma::fmat&)>& after_weights) {
  regime.products.back(network.layer(layer + 1).W, next_dz, dz);
  if (after_weights) after_weights(dz);
  change_backward(regime, Where::after_relu, layer, dz);
  relu_adjoint(pass.before_relu(layer), dz);
  change_backward(regime, Where::before_relu, layer, dz);
}

void forward(const Regime& regime, const Network& network, Pass& pass) {
  const std::size_t depth = network.depth();
  pass.x.resize(depth);
  pass.z.resize(depth);
  pass.of_x.resize(depth);
  pass.changed_z.resize(depth);
  change_forward(regime, Where::inputs, 0, pass.x[0]);
  for (std::size_t l = 1; l <= depth; ++l) {
    arma::fmat& z = pass.z[l - 1];
    regime.products.forward(network.layer(l).W, pass.x[l - 1], pass.of_x[l - 1], z);
    add_bias(z, network.layer(l).b);
    if (l == depth) break;
    arma::fmat& changed = pass.changed_z[l - 1];
    if (std::ranges::any_of(regime.entries,
                            [&](const Entry& e) { return e.changes_activations(Where::before_relu, l); })) {
      changed = z;
      change_forward(regime, Where::before_relu, l, changed);
    } else {
      changed.reset();
    }
    relu(pass.before_relu(l), pass.x[l]);
    change_forward(regime, Where::after_relu, l, pass.x[l]);
  }
}

}  // namespace pipeline::learning
