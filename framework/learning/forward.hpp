// The forward pass, shared by training and measuring, and the way back through one layer.
#pragma once
#include <functional>
#include <optional>
#include <vector>

#include "kernels/products.hpp"
#include "learning/entry.hpp"

namespace pipeline::learning {

/// The arrays of a pass. x[l - 1] is the input of layer l, z[l - 1] the result of its weights and biases.
struct Pass {
  bool keeps_z = true;  // of hidden layers; if false, a ReLU is applied before z is written
  std::vector<arma::fmat> x, z;
  std::vector<kernels::Nonzeros> of_x;  // the nonzeros of x; with own kernels only
  std::vector<arma::fmat> changed_z;    // z after the hooks before the activation; empty where there are none
  const arma::fmat& logits() const { return z.back(); }
  const arma::fmat& before_activation(std::size_t l) const {
    return changed_z[l - 1].is_empty() ? z[l - 1] : changed_z[l - 1];
  }
};

using Entries = std::vector<Entry>;

/// How a pass runs: with which products, activations and entries, at which step, and which form of the hooks is called.
enum class Form { training, measuring };
struct Regime {
  const kernels::Products& products;
  const Entries& entries;
  Step step;
  Form form;
  const NetworkShape& shape;
  const arma::fmat* targets = nullptr;  // of the batch, when training
};

/// A network's weights as products read them. While a model has its weights in panels, network.W may be out of date.
struct Weights {
  const Network& network;
  const std::vector<kernels::Panelled>& panels;  // one per layer; filled for own kernels only
  std::size_t depth() const { return network.depth(); }
  kernels::Factor W(std::size_t l) const { return {network.layer(l).W, panels.at(l - 1)}; }
};
/// Fills `panels` from the network and returns both, which must outlive the result.
Weights weights(const kernels::Products& products, const Network& network, std::vector<kernels::Panelled>& panels);

/// z = W x + b for each layer, the activations between. `x[0]` is set by the caller.
void forward(const Regime& regime, const Weights& weights, Pass& pass);
/// Computes z of the hidden layers for a pass that did not store it, with the products and weights of that pass; from
/// then on the pass stores z.
void keep_z(const kernels::Products& products, const Weights& weights, Pass& pass);

/// Runs the activation hooks of one place, in file order forward, in reverse order backward.
void change_forward(const Regime& regime, Where where, std::size_t layer, arma::fmat& values);
void change_backward(const Regime& regime, Where where, std::size_t layer, arma::fmat& gradient);

/// Whether the gradient by the layer's output is needed only where the output is not zero: elsewhere no gradient passes
/// a ReLU or a hook that multiplied by zero.
bool zeros_need_no_gradient(const Regime& regime, std::size_t layer);

/// Whether backward_into reads z of some hidden layer: unless the gradient is 0 already wherever a ReLU gave 0.
bool way_back_needs_z(const Regime& regime, std::size_t depth, bool has_penalties);

/// Weights to update while the gradient is passed back through them.
struct Descending {
  kernels::Panelled& W;
  kernels::Descent how;
};

/// dz of `layer` from dz of the next layer: through the weights of the next layer, then `after_weights` (penalties),
/// the hooks after the activation, the activation, and the hooks before it. With `descending` the weights of the next
/// layer are updated on the way: only with own kernels, and where zeros need no gradient.
void backward_into(const Regime& regime, std::size_t layer, const Weights& weights, Pass& pass,
                   const kernels::Factor& next_dz, arma::fmat& dz,
                   const std::function<void(arma::fmat&)>& after_weights = {},
                   const std::optional<Descending>& descending = {});

}  // namespace pipeline::learning
