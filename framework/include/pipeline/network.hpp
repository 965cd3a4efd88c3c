// A network as plugins see it: fully connected layers with ReLU between them, linear logits at the end.
//
//   z_l = W_l x_l + b_l     x_1 = the inputs, x_(l+1) = max(z_l, 0)     logits = z_L
//
//   W [outputs x inputs]   b [outputs], empty where the layer has none   x, z [units x samples]   float32
//   Layers count from 1, as in metrics.csv; 0 stands for the inputs.
#pragma once
#include <armadillo>
#include <cstddef>
#include <vector>

#if defined(_WIN32)
#error "pipeline is built for systems with ELF or Mach-O shared libraries"
#endif
#define PIPELINE_API __attribute__((visibility("default")))

namespace pipeline {

/// The weights of one layer. b is empty where the layer has no bias.
struct Layer {
  arma::fmat W;
  arma::fvec b;
  std::size_t inputs() const { return W.n_cols; }
  std::size_t outputs() const { return W.n_rows; }
};

/// How large the layers are: sizes[0] inputs, sizes[l] outputs of layer l.
struct NetworkShape {
  std::vector<std::size_t> sizes;
  bool output_bias = true;
  std::size_t layers() const { return sizes.size() - 1; }
  std::size_t inputs(std::size_t layer) const { return sizes.at(layer - 1); }
  std::size_t outputs(std::size_t layer) const { return sizes.at(layer); }
  bool has_bias(std::size_t layer) const { return layer < layers() || output_bias; }
};

/// All weights of one network.
struct Network {
  std::vector<Layer> layers;  // layers[0] is layer 1
  Layer& layer(std::size_t l) { return layers.at(l - 1); }
  const Layer& layer(std::size_t l) const { return layers.at(l - 1); }
  std::size_t depth() const { return layers.size(); }
};

}  // namespace pipeline
