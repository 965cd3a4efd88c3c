// The forward pass, as training and measuring share it.
#pragma once
#include <functional>
#include <optional>
#include <vector>

#include "learning/entry.hpp"
#include "learning/products.hpp"

namespace pipeline::learning {

/// What a pass leaves behind. x[l - 1] is what layer l receives, z[l - 1] what its weights and biases make of it.
struct Pass {
  bool keeps_z = true;  // of hidden layers; where it does not, ReLU is taken before z is ever written
  std::vector<arma::fmat> x, z;
  std::vector<Nonzeros> of_x;         // where x is not zero; with own kernels only
  std::vector<arma::fmat> changed_z;  // z as the hooks before ReLU left it; empty where there is none
  const arma::fmat& logits() const { return z.back(); }
  const arma::fmat& before_relu(std::size_t l) const {
    return changed_z[l - 1].is_empty() ? z[l - 1] : changed_z[l - 1];
  }
};

using Entries = std::vector<Entry>;

/// How a pass runs: by which products, with whose hooks in which form, at which step.
enum class Form { training, measuring };
struct Regime {
  const Products& products;
  const Entries& entries;
  Step step;
  Form form;
};

/// A network's weights as products read them. Where a model keeps its weights in panels, network.W may be behind.
struct Weights {
  const Network& network;
  const std::vector<Panelled>& panels;  // one a layer; filled for own kernels only
  std::size_t depth() const { return network.depth(); }
  Factor W(std::size_t l) const { return {network.layer(l).W, panels.at(l - 1)}; }
};
/// The same after `panels` were made, or made anew; both must outlive what is given back.
Weights weights(const Products& products, const Network& network, std::vector<Panelled>& panels);

/// z = W x + b for each layer, ReLU between. `x[0]` is set by the caller.
void forward(const Regime& regime, const Weights& weights, Pass& pass);
/// Makes up for z of hidden layers that a pass did not keep, by the products and weights it was made with; it keeps them
/// from now on.
void keep_z(const Products& products, const Weights& weights, Pass& pass);

/// Runs the activation hooks of one place, in file order forward, in reverse order backward.
void change_forward(const Regime& regime, Where where, std::size_t layer, arma::fmat& values);
void change_backward(const Regime& regime, Where where, std::size_t layer, arma::fmat& gradient);

/// Whether the gradient by what the layer puts out is wanted only where that is not zero: ReLU lets nothing through
/// elsewhere, and neither does a hook that multiplied by zero.
bool zeros_need_no_gradient(const Regime& regime, std::size_t layer);

/// Whether backward_into looks at z of some hidden layer: where the gradient is not 0 already wherever ReLU cut.
bool way_back_needs_z(const Regime& regime, std::size_t depth, bool has_penalties);

/// Weights that follow their gradient while the way back passes through them.
struct Descending {
  Panelled& W;
  kernels::Descent how;
};

/// dz of `layer` from dz of the next one: through the next one's weights, then `after_weights` (penalties), the
/// activation hooks after ReLU, ReLU, those before it. With `descending` the next one's weights change on the way: for
/// own kernels, and where zeros need no gradient.
void backward_into(const Regime& regime, std::size_t layer, const Weights& weights, Pass& pass, const Factor& next_dz,
                   arma::fmat& dz, const std::function<void(arma::fmat&)>& after_weights = {},
                   const std::optional<Descending>& descending = {});

}  // namespace pipeline::learning
