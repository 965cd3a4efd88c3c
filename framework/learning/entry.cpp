#include "learning/entry.hpp"

#include <pipeline/quoted.hpp>

namespace pipeline::learning {

namespace {
template <class Hook>
void find(Hook*& hook, Regulariser& object) {
  hook = dynamic_cast<Hook*>(&object);
}
}  // namespace

Entry::Entry(const std::string& entry_name, std::shared_ptr<Regulariser> made, Scope where, std::uint64_t seed,
             std::string model_name, Remake remake_object, std::string plugin_name)
    : ModelPlugin{"regulariser", entry_name, std::move(model_name),
                  plugin_name == entry_name ? "" : std::move(plugin_name)},
      object(std::move(made)),
      scope(std::move(where)),
      random(seed, "regulariser", model, name),
      remake(std::move(remake_object)) {
  find_hooks();
}

Entry Entry::remade() const {
  if (!remake)
    throw std::logic_error("entry " + pipeline::quoted(name) +
                           " cannot be copied: it has no function that makes a new object");
  Entry copy = *this;
  copy.object = remake();
  copy.find_hooks();
  return copy;
}

void Entry::find_hooks() {
  run("dynamic_cast", 0, [&] {
    find(batch, *object);
    find(activation, *object);
    find(activation_scale, *object);
    find(weight, *object);
    find(weight_tile, *object);
    find(weight_penalty, *object);
    find(squared_penalty, *object);
    find(layer_penalty, *object);
    find(activation_penalty, *object);
    find(gradient, *object);
    find(network_gradient, *object);
    find(look_ahead, *object);
    find(before_update, *object);
    find(after_update, *object);
    find(after_layer_update, *object);
    find(measured, *object);
    find(watcher, *object);
  });
  if (activation) place = run("ActivationChange::where", 0, [&] { return activation->where(); });
  if (on_weights()) acts_on_biases = run("Regulariser::acts_on_biases", 0, [&] { return object->acts_on_biases(); });
  if (activation_penalty)
    penalised = run("ActivationPenalty::penalised", 0, [&] { return activation_penalty->penalised(); });
}

bool Entry::changes_activations(Where where, std::size_t layer) const {
  if (!activation) return false;
  if (layer == 0)  // a hook of the inputs, or one after ReLU whose `layers` includes 0
    return where == Where::inputs &&
           (place == Where::inputs ? scope.weights_of(0) : place == Where::after_relu && scope.layers.contains(0));
  return where == place && place != Where::inputs && scope.weights_of(layer);
}

bool Entry::on_weights() const {
  return weight || weight_penalty || layer_penalty || gradient || before_update || after_update || after_layer_update ||
         measured;
}

bool Entry::knows_layers() const { return on_weights() || activation || activation_penalty; }

bool Entry::touches_any(std::size_t depth) const {
  if (batch || network_gradient || look_ahead || watcher) return true;  // these do not depend on layers
  for (std::size_t l = 1; l <= depth; ++l)
    if ((on_weights() && scope.weights_of(l)) || penalises_activations(l, depth)) return true;
  for (std::size_t l = 0; activation && l < depth; ++l)
    if (changes_activations(l ? place : Where::inputs, l)) return true;
  return !on_weights() && !activation && !activation_penalty;  // a plugin may have no hook at all
}

}  // namespace pipeline::learning
