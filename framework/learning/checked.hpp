// Runs a hook and checks what it left: the same shape, and no new NaN or infinity.
#pragma once
#include <cmath>
#include <string>

#include "kernels/elementwise.hpp"
#include "learning/entry.hpp"

namespace pipeline::learning {

using kernels::all_finite;
inline bool all_finite(const Layer& layer) { return all_finite(layer.W) && all_finite(layer.b); }
inline bool all_finite(const Network& network) {
  for (const Layer& layer : network.layers)
    if (!all_finite(layer)) return false;
  return true;
}

/// Activations and their gradients.
template <class F>
void checked(const Entry& entry, const char* hook, std::uint64_t step, arma::fmat& values, F&& call) {
  const arma::uword rows = values.n_rows, columns = values.n_cols;
  const bool was_finite = all_finite(values);
  entry.run(hook, step, call);
  if (values.n_rows != rows || values.n_cols != columns)
    throw HookFailure(entry.name, hook, step,
                      "turned a [" + std::to_string(rows) + " x " + std::to_string(columns) + "] matrix into a [" +
                          std::to_string(values.n_rows) + " x " + std::to_string(values.n_cols) + "] one");
  if (was_finite && !all_finite(values)) throw HookFailure(entry.name, hook, step, "left a value that is not finite");
}

/// Layer l, or anything shaped like it. The hook does not see biases that are outside the entry's scope.
template <class F>
void checked(const Entry& entry, const char* hook, std::uint64_t step, std::size_t l, Layer& layer, F&& call) {
  arma::fvec hidden_biases;
  if (!entry.scope.biases) std::swap(hidden_biases, layer.b);
  const arma::uword rows = layer.W.n_rows, columns = layer.W.n_cols, biases = layer.b.n_elem;
  const bool was_finite = all_finite(layer);
  entry.run(hook, step, call);
  if (layer.W.n_rows != rows || layer.W.n_cols != columns || layer.b.n_elem != biases)
    throw HookFailure(entry.name, hook, step, "changed the shape of layer " + std::to_string(l));
  if (was_finite && !all_finite(layer))
    throw HookFailure(entry.name, hook, step, "left a value that is not finite in layer " + std::to_string(l));
  if (!entry.scope.biases) std::swap(hidden_biases, layer.b);
}

/// A whole network, or anything shaped like it.
template <class F>
void checked(const Entry& entry, const char* hook, std::uint64_t step, Network& network, F&& call) {
  const auto sizes = [&] {
    std::vector<arma::uword> all;
    for (const Layer& layer : network.layers) all.insert(all.end(), {layer.W.n_rows, layer.W.n_cols, layer.b.n_elem});
    return all;
  };
  const std::vector<arma::uword> before = sizes();
  const bool was_finite = all_finite(network);
  entry.run(hook, step, call);
  if (sizes() != before) throw HookFailure(entry.name, hook, step, "changed the shape of the network");
  if (was_finite && !all_finite(network)) throw HookFailure(entry.name, hook, step, "left a value that is not finite");
}

/// The value that a penalty adds to the loss.
template <class F>
double checked_value(const Entry& entry, const char* hook, std::uint64_t step, F&& call) {
  const double value = entry.run(hook, step, call);
  if (!std::isfinite(value)) throw HookFailure(entry.name, hook, step, "returned a value that is not finite");
  return value;
}

}  // namespace pipeline::learning
