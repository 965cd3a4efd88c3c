// Penalties: terms R that are added to the loss, in its units. Value and gradient are side by side.
//
// The engine multiplies a penalty by the share of its strength that `<entry>.strength_schedule` leaves at the step.
#pragma once
#include <span>

#include <pipeline/hooks/regulariser.hpp>
#include <pipeline/hooks/step.hpp>
#include <pipeline/hooks/tile.hpp>
#include <pipeline/matrix_forward.hpp>

namespace pipeline {

/// On weights, tile by tile: R = sum of value() over the tiles.
class PIPELINE_API WeightPenalty {
 public:
  virtual ~WeightPenalty() = default;
  virtual double value(std::span<const float> w, const Tile& tile, const Step& step) const = 0;
  /// Adds dR/dw to g, which is as long as w.
  virtual void add_gradient(std::span<const float> w, std::span<float> g, const Tile& tile, const Step& step) const = 0;
};

/// The penalty factor / 2 * sum w^2. Its gradient factor * w is free where no other hook uses the weights or their
/// gradient and the layer has no other penalty: the engine adds it during the update. A factor that makes the weights
/// overflow is then noticed one step later, as a diverged model.
class PIPELINE_API SquaredPenalty : public WeightPenalty {
 public:
  virtual float factor(const Step& step) const = 0;

  double value(std::span<const float> w, const Tile&, const Step& step) const final {
    double sum = 0;
    for (const float x : w) sum += double{x} * x;
    return double{factor(step)} / 2 * sum;
  }
  void add_gradient(std::span<const float> w, std::span<float> g, const Tile&, const Step& step) const final {
    const float times = factor(step) * step.strength;  // here, so that it has the bits of an update that includes it
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
  virtual double value(const Layer& w, const LayerPass& pass, const Step& step) const = 0;
  virtual void add_gradient(const Layer& w, const LayerPass& pass, Layer& gradient, const Step& step) const = 0;
};

/// On the activations of hidden layers, after all activation changes, or on the logits (layer: the last). A mean over
/// the batch is the plugin's to take.
enum class Penalised { activations, logits };
struct PenalisedUnits {
  std::size_t layer;
  const arma::fmat& h;        // [units x batch]
  const arma::fmat& targets;  // [classes x batch]: one-hot, or a distribution where label_smoothing or mixup changed it
};
class PIPELINE_API ActivationPenalty {
 public:
  virtual ~ActivationPenalty() = default;
  virtual Penalised penalised() const { return Penalised::activations; }
  virtual double value(const PenalisedUnits& units, const Step& step) const = 0;
  /// Adds dR/dh to gradient [units x batch], and to the gradient of the entry's trained arrays (state.hpp) theirs.
  virtual void add_gradient(const PenalisedUnits& units, arma::fmat& gradient, const Step& step) const = 0;
};

}  // namespace pipeline
