#include "learning/forward.hpp"

#include <ranges>

#include "learning/checked.hpp"
#include "learning/elementwise.hpp"
#include "learning/products.hpp"

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

void change_backward(const Entries& entries, Where where, std::size_t layer, const Step& step, arma::fmat& gradient) {
  for (const Entry& e : std::views::reverse(entries))
    if (e.changes_activations(where, layer))
      checked(e, "ActivationChange::backward", step.number, gradient, [&] {
        e.activation->backward({layer, gradient}, e.step(step.number, step.learning_rate));
      });
}

void forward(const Network& network, const Entries& entries, const Step* step, Pass& pass) {
  const std::size_t depth = network.depth();
  pass.x.resize(depth);
  pass.z.resize(depth);
  change_forward(entries, Where::inputs, 0, step, pass.x[0]);
  for (std::size_t l = 1; l <= depth; ++l) {
    arma::fmat& z = pass.z[l - 1];
    weights_times_inputs(network.layer(l).W, pass.x[l - 1], z);
    add_bias(z, network.layer(l).b);
    if (l == depth) break;
    change_forward(entries, Where::before_relu, l, step, z);
    relu(z, pass.x[l]);
    change_forward(entries, Where::after_relu, l, step, pass.x[l]);
  }
}

}  // namespace pipeline::learning
