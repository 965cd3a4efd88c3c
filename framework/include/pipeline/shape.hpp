// How large a network and its inputs are, and what is computed between its weights. Needs no matrix library.
#pragma once
#include <array>
#include <cstddef>
#include <vector>

#define PIPELINE_API __attribute__((visibility("default")))

namespace pipeline {

/// What a hidden layer makes of z = W x + b, unit by unit.
enum class ActivationFunction {
  relu,        // max(z, 0)
  leaky_relu,  // z where z > 0, else .01 z                          Maas, Hannun & Ng 2013, ICML
  elu,         // z where z > 0, else exp(z) - 1                     Clevert, Unterthiner & Hochreiter 2016, ICLR
  gelu,        // z Phi(z), Phi the normal distribution function     Hendrycks & Gimpel 2016, arXiv 1606.08415
  tanh,        // tanh(z)
  sigmoid,     // 1 / (1 + exp(-z))
  identity     // z
};
inline constexpr std::array kActivations = {
    ActivationFunction::relu, ActivationFunction::leaky_relu, ActivationFunction::elu,     ActivationFunction::gelu,
    ActivationFunction::tanh, ActivationFunction::sigmoid,    ActivationFunction::identity};
/// As in a pipeline file.
constexpr const char* name_of(ActivationFunction f) {
  constexpr const char* names[] = {"relu", "leaky_relu", "elu", "gelu", "tanh", "sigmoid", "identity"};
  return names[static_cast<std::size_t>(f)];
}
inline constexpr bool can_be_negative(ActivationFunction f) {
  return f != ActivationFunction::relu && f != ActivationFunction::sigmoid;
}

/// What training minimises, a mean over the samples of a batch; y is the target, one-hot for a label.
enum class LossFunction {
  cross_entropy,  // -sum_k y_k log p_k, p = softmax(logits)
  squared_error   // sum_k (z_k - y_k)^2 / classes, z the outputs themselves, without softmax
};

inline constexpr std::array kLosses = {LossFunction::cross_entropy, LossFunction::squared_error};
constexpr const char* name_of(LossFunction loss) {
  return loss == LossFunction::cross_entropy ? "cross_entropy" : "squared_error";
}

/// How large the layers are: sizes[0] inputs, sizes[l] outputs of layer l. Layers count from 1, as in metrics.csv; 0 is
/// the inputs.
struct NetworkShape {
  std::vector<std::size_t> sizes;
  bool output_bias = true;
  std::vector<ActivationFunction> activations = {};  // of hidden layers 1, 2, ...; of those that are missing: relu
  LossFunction loss = LossFunction::cross_entropy;
  std::size_t layers() const { return sizes.size() - 1; }
  std::size_t inputs(std::size_t layer) const { return sizes.at(layer - 1); }
  std::size_t outputs(std::size_t layer) const { return sizes.at(layer); }
  bool has_bias(std::size_t layer) const { return layer < layers() || output_bias; }
  ActivationFunction activation(std::size_t layer) const {
    return layer <= activations.size() ? activations[layer - 1] : ActivationFunction::relu;
  }
};

/// Rows, columns and colours of an image stored row by row, the colours of a pixel side by side; all 0 where the
/// samples are not images.
struct ImageShape {
  std::size_t height = 0, width = 0, channels = 0;
  bool operator==(const ImageShape&) const = default;
};

}  // namespace pipeline
