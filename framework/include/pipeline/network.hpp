// A network as plugins see it: fully connected layers with activations between them (ReLU unless the pipeline says
// otherwise, see shape.hpp), linear outputs at the end.
//
//   z_l = W_l x_l + b_l     x_1 = the inputs, x_(l+1) = activation_l(z_l)     logits = z_L
//
//   W [outputs x inputs]   b [outputs], empty where the layer has none   x, z [units x samples]   float32
#pragma once
#include <armadillo>

#include <pipeline/shape.hpp>

namespace pipeline {

/// The weights of one layer. b is empty where the layer has no bias.
struct Layer {
  arma::fmat W;
  arma::fvec b;
  std::size_t inputs() const { return W.n_cols; }
  std::size_t outputs() const { return W.n_rows; }
};

/// All weights of one network.
struct Network {
  std::vector<Layer> layers;  // layers[0] is layer 1
  Layer& layer(std::size_t l) { return layers.at(l - 1); }
  const Layer& layer(std::size_t l) const { return layers.at(l - 1); }
  std::size_t depth() const { return layers.size(); }
};

}  // namespace pipeline
