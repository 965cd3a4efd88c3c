// The forward pass, as training and measuring share it.
#pragma once
#include <vector>

#include "learning/entry.hpp"

namespace pipeline::learning {

/// What a pass leaves behind. x[l - 1] is what layer l receives, z[l - 1] what it makes of it before ReLU.
struct Pass {
  std::vector<arma::fmat> x, z;
  const arma::fmat& logits() const { return z.back(); }
};

using Entries = std::vector<Entry>;

/// z = W x + b for each layer, ReLU between. `x[0]` is set by the caller. With `step` the training form of the
/// activation hooks runs, without it the form when measuring.
void forward(const Network& network, const Entries& entries, const Step* step, Pass& pass);

/// Runs the activation hooks of one place, in file order forward, in reverse order backward.
void change_forward(const Entries& entries, Where where, std::size_t layer, const Step* step, arma::fmat& values);
void change_backward(const Entries& entries, Where where, std::size_t layer, const Step& step, arma::fmat& gradient);

}  // namespace pipeline::learning
