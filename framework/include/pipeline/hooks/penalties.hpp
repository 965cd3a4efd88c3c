// Penalties: terms R that are added to the loss, in its units. Value and gradient are side by side.
#pragma once
#include <span>

#include <pipeline/hooks/regulariser.hpp>
#include <pipeline/hooks/tile.hpp>
#include <pipeline/matrix_forward.hpp>

namespace pipeline {

/// On weights, tile by tile: R = sum of value() over the tiles.
class PIPELINE_API WeightPenalty {
 public:
  virtual ~WeightPenalty() = default;
  virtual double value(std::span<const float> w, const Tile& tile) const = 0;
  /// Adds dR/dw to g, which is as long as w.
  virtual void add_gradient(std::span<const float> w, std::span<float> g, const Tile& tile) const = 0;
};

/// The penalty factor / 2 * sum w^2. Its gradient factor * w is free where no other hook uses the weights or their
/// gradient and the layer has no other penalty: the engine adds it during the update. A factor that makes the weights
/// overflow is then noticed one step later, as a diverged model.
class PIPELINE_API SquaredPenalty : public WeightPenalty {
 public:
  virtual float factor() const = 0;

  double value(std::span<const float> w, const Tile&) const final {
    double sum = 0;
    for (const float x : w) sum += double{x} * x;
    return double{factor()} / 2 * sum;
  }
  void add_gradient(std::span<const float> w, std::span<float> g, const Tile&) const final {
    const float times = factor();
    for (std::size_t i = 0; i < w.size(); ++i) g[i] += times * w[i];
  }
};

/// On the weights of a whole layer; may use the layer's inputs x and outputs z for the batch.
struct LayerPass {
  std::size_t layer;
  const arma::fmat& x;  // [inputs x batch]
  const arma::fmat& z;  // [outputs x batch]
};
class PIPELINE_API LayerPenalty {
 public:
  virtual ~LayerPenalty() = default;
  virtual double value(const Layer& w, const LayerPass& pass) const = 0;
  virtual void add_gradient(const Layer& w, const LayerPass& pass, Layer& gradient) const = 0;
};

/// On the activations of hidden layers, after ReLU and all activation changes, or on the logits (layer: the last). A
/// mean over the batch is the plugin's to take.
enum class Penalised { activations, logits };
class PIPELINE_API ActivationPenalty {
 public:
  virtual ~ActivationPenalty() = default;
  virtual Penalised penalised() const { return Penalised::activations; }
  virtual double value(const arma::fmat& h, std::size_t layer) const = 0;
  /// Adds dR/dh to gradient [units x batch].
  virtual void add_gradient(const arma::fmat& h, arma::fmat& gradient, std::size_t layer) const = 0;
};

}  // namespace pipeline
