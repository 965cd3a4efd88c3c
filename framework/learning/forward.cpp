#include "learning/forward.hpp"

#include <algorithm>
#include <ranges>

#include "learning/checked.hpp"
#include "learning/elementwise.hpp"

namespace pipeline::learning {

void change_forward(const Entries& entries, Where where, std::size_t layer, const Step* step, arma::fmat& values) {
  for (const Entry& e : entries) {
    if (!e.changes_activations(where, layer)) continue;
    if (step)
      checked(e, "ActivationChange::forward", step->number, values, [&] {
        e.activation->forward({layer, values}, e.step(step->number, step->learning_rate));
      });
    else
      checked(e, "ActivationChange::measure", 0, values, [&] { e.activation->measure({layer, values}); });
  }
}

void change_backward(const Entries& entries, Where where, std::size_t layer, const Step* step, arma::fmat& gradient) {
  for (const Entry& e : std::views::reverse(entries)) {
    if (!e.changes_activations(where, layer)) continue;
    if (step)
      checked(e, "ActivationChange::backward", step->number, gradient, [&] {
        e.activation->backward({layer, gradient}, e.step(step->number, step->learning_rate));
      });
    else
      checked(e, "ActivationChange::measure_backward", 0, gradient, [&] {
        e.activation->measure_backward({layer, gradient});
      });
  }
}

void backward_into(const Products& products, std::size_t layer, const Network& network, const Entries& entries,
                   const Step* step, const Pass& pass, const arma::fmat& next_dz, arma::fmat& dz,
                   const std::function<void(arma::fmat&)>& after_weights) {
  products.back(network.layer(layer + 1).W, next_dz, dz);
  if (after_weights) after_weights(dz);
  change_backward(entries, Where::after_relu, layer, step, dz);
  relu_adjoint(pass.before_relu(layer), dz);
  change_backward(entries, Where::before_relu, layer, step, dz);
}

void forward(const Products& products, const Network& network, const Entries& entries, const Step* step, Pass& pass) {
  const std::size_t depth = network.depth();
  pass.x.resize(depth);
  pass.z.resize(depth);
  pass.of_x.resize(depth);
  pass.changed_z.resize(depth);
  change_forward(entries, Where::inputs, 0, step, pass.x[0]);
  for (std::size_t l = 1; l <= depth; ++l) {
    arma::fmat& z = pass.z[l - 1];
    products.forward(network.layer(l).W, pass.x[l - 1], pass.of_x[l - 1], z);
    add_bias(z, network.layer(l).b);
    if (l == depth) break;
    arma::fmat& changed = pass.changed_z[l - 1];
    if (std::ranges::any_of(entries, [&](const Entry& e) { return e.changes_activations(Where::before_relu, l); })) {
      changed = z;
      change_forward(entries, Where::before_relu, l, step, changed);
    } else {
      changed.reset();
    }
    relu(pass.before_relu(l), pass.x[l]);
    change_forward(entries, Where::after_relu, l, step, pass.x[l]);
  }
}

}  // namespace pipeline::learning
