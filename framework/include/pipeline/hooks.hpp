// The moments of a training step that a regulariser may touch: one small interface each.
//
//   batch -> [BatchChange] -> inputs -> layers, each: W [WeightChange, WeightTileChange], z, ReLU;
//            [ActivationChange, ActivationScale] at its place
//         -> loss + [WeightPenalty, SquaredPenalty, LayerPenalty, ActivationPenalty] -> gradient
//         -> [GradientChange, NetworkGradientChange], [LookAhead] asks for the gradient elsewhere first
//         -> [BeforeUpdate] -> W = W - rate * gradient -> [AfterUpdate, AfterLayerUpdate]
//   measuring: weights from [MeasuredWeights], activations by their `measure` form; then [Watcher]
//
// Several entries of one model: forward hooks in file order, adjoints in reverse. `layers` and `biases` are common
// parameters: a hook is called only for the layers that the entry names, for biases only where biases = yes; then the
// tile hooks (penalty, gradient, before and after the update) also see the trained arrays of all entries. A Layer that
// a hook is handed has an empty b without it. Hooks that are handed a whole Network see the weights and biases of all
// layers, never trained arrays. What an entry keeps from step to step is declared in state.hpp.
//
// A hook that throws, or leaves a number that is not finite or an array of another shape, ends its model, by name, hook
// and step; the others go on.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <pipeline/dataset.hpp>
#include <pipeline/network.hpp>
#include <pipeline/random.hpp>
#include <pipeline/state.hpp>

namespace pipeline {

/// The present step (0 is the first), its learning rate, and this entry's random numbers for it.
struct Step {
  std::uint64_t number = 0;
  float learning_rate = 0;
  Random random;
};

/// Batch: changes this model's own copy of the batch. inputs [features x batch], targets [classes x batch], each
/// column a distribution. `image` says how features form an image, zeros if they do not.
struct Batch {
  arma::fmat inputs, targets;
  ImageShape image;
};
class PIPELINE_API BatchChange {
 public:
  virtual ~BatchChange() = default;
  virtual void change(Batch& batch, const Step& step) const = 0;
};

/// Activations: changes values on the way forward and their gradient on the way back.
/// `layer` counts as in metrics.csv: layer 0 is the inputs, layer l what layer l puts out. values [units x batch]
struct Activations {
  std::size_t layer;
  arma::fmat& values;
};
enum class Where { inputs, before_relu, after_relu };
class PIPELINE_API ActivationChange {
 public:
  virtual ~ActivationChange() = default;
  /// after_relu covers the hidden layers, and the inputs where `layers` names 0; before_relu the hidden layers.
  virtual Where where() const { return Where::after_relu; }
  virtual void forward(Activations h, const Step& step) const = 0;
  /// The adjoint: turns the gradient by the changed values into the gradient by the values. Same step, same draws.
  virtual void backward(Activations gradient, const Step& step) const = 0;
  /// The form when measuring, and its adjoint: nothing changes unless said otherwise.
  virtual void measure(Activations) const {}
  virtual void measure_backward(Activations) const {}
};

/// The same for a change that multiplies each value by a factor which hangs on no value, as a mask does, and the gradient
/// by the same factors; nothing when measuring. Where a value is left 0 the engine may hand over 0 as its gradient.
class PIPELINE_API ActivationScale : public ActivationChange {
 public:
  virtual void scale(Activations values, const Step& step) const = 0;

  void forward(Activations h, const Step& step) const final { scale(h, step); }
  void backward(Activations gradient, const Step& step) const final { scale(gradient, step); }
  void measure(Activations) const final {}
  void measure_backward(Activations) const final {}
};

/// Weights in a pass: the pass uses the changed copy, the update the gradient that `backward` makes of its gradient.
class PIPELINE_API WeightChange {
 public:
  virtual ~WeightChange() = default;
  virtual void forward(Layer& copy, std::size_t layer, const Step& step) const = 0;
  virtual void backward(Layer& gradient, std::size_t layer, const Step& step) const = 0;
  virtual void measure(Layer& /*copy*/, std::size_t /*layer*/) const {}
};

/// The same for a change that needs to see no more than one tile at a time, in any order.
class PIPELINE_API WeightTileChange : public WeightChange {
 public:
  virtual void forward_tile(std::span<float> copy, const Tile& tile, const Step& step) const = 0;
  virtual void backward_tile(std::span<float> gradient, const Tile& tile, const Step& step) const = 0;
  virtual void measure_tile(std::span<float> /*copy*/, const Tile& /*tile*/) const {}

  void forward(Layer& copy, std::size_t layer, const Step& step) const final {
    each_tile(copy, layer, [&](std::span<float> w, const Tile& tile) { forward_tile(w, tile, step); });
  }
  void backward(Layer& gradient, std::size_t layer, const Step& step) const final {
    each_tile(gradient, layer, [&](std::span<float> g, const Tile& tile) { backward_tile(g, tile, step); });
  }
  void measure(Layer& copy, std::size_t layer) const final {
    each_tile(copy, layer, [&](std::span<float> w, const Tile& tile) { measure_tile(w, tile); });
  }

 private:
  template <class F>
  static void each_tile(Layer& l, std::size_t layer, F&& f) {
    for (std::size_t j = 0; j < l.inputs(); ++j) f(std::span(l.W.colptr(j), l.outputs()), {layer, Kind::weights, j});
    if (!l.b.is_empty()) f(std::span(l.b.memptr(), l.b.n_elem), {layer, Kind::bias});
  }
};

/// Penalty on weights, tile by tile: R = sum of value() over tiles, in units of the loss.
class PIPELINE_API WeightPenalty {
 public:
  virtual ~WeightPenalty() = default;
  virtual double value(std::span<const float> w, const Tile& tile) const = 0;
  /// Adds dR/dw to g; same length as w.
  virtual void add_gradient(std::span<const float> w, std::span<float> g, const Tile& tile) const = 0;
};

/// The penalty factor / 2 * sum w^2. Its gradient factor * w costs nothing where no other hook looks at weights or their
/// gradient and no other penalty at the layer: the engine adds it while it updates, and a factor that makes the weights
/// overflow is then seen a step later, as a diverged model.
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

/// Penalty on the weights of a whole layer, which may look at the layer's inputs x and outputs z of the batch.
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

/// Penalty on the activations of hidden layers, after ReLU and all activation changes, or on the logits (layer: the
/// last). In units of the loss: a mean over the batch is the plugin's to take.
enum class Penalised { activations, logits };
class PIPELINE_API ActivationPenalty {
 public:
  virtual ~ActivationPenalty() = default;
  virtual Penalised penalised() const { return Penalised::activations; }
  virtual double value(const arma::fmat& h, std::size_t layer) const = 0;
  /// Adds dR/dh to gradient [units x batch].
  virtual void add_gradient(const arma::fmat& h, arma::fmat& gradient, std::size_t layer) const = 0;
};

/// Gradient, tile by tile: g is the gradient of loss and penalties, changed in place.
class PIPELINE_API GradientChange {
 public:
  virtual ~GradientChange() = default;
  virtual void change(std::span<const float> w, std::span<float> g, const Tile& tile, const Step& step) const = 0;
};

/// Gradient of all weights and biases, after the tile hooks. Makes the engine store it, which costs time. Trained
/// arrays take their own gradient, which this hook neither sees nor changes.
class PIPELINE_API NetworkGradientChange {
 public:
  virtual ~NetworkGradientChange() = default;
  virtual void change(const Network& weights, Network& gradient, const Step& step) const = 0;
};

/// Look ahead: writes displaced weights; the engine asks for the gradient there, on the same batch and draws, and
/// goes on from its exact copy of the weights. Trained arrays stay where they are meanwhile. One a model.
class PIPELINE_API LookAhead {
 public:
  virtual ~LookAhead() = default;
  virtual void displace(Network& weights, const Network& gradient, const Step& step) const = 0;
};

/// Before the update, tile by tile: what is left in w is what the gradient step starts from. g is made already.
class PIPELINE_API BeforeUpdate {
 public:
  virtual ~BeforeUpdate() = default;
  virtual void before_update(std::span<float> w, const Tile& tile, const Step& step) const = 0;
};

/// After the update, tile by tile.
class PIPELINE_API AfterUpdate {
 public:
  virtual ~AfterUpdate() = default;
  virtual void after_update(std::span<float> w, const Tile& tile, const Step& step) const = 0;
};

/// After the update, layer by layer: W row k is what node k receives. b is empty unless biases = yes.
class PIPELINE_API AfterLayerUpdate {
 public:
  virtual ~AfterLayerUpdate() = default;
  virtual void after_update(arma::fmat& W, arma::fvec& b, std::size_t layer, const Step& step) const = 0;
};

/// Weights to measure with, instead of the trained ones: writes them over a copy, tile by tile. Not in one model with
/// an entry that trains arrays of its own: those would be measured as they are, beside weights that they do not fit.
class PIPELINE_API MeasuredWeights {
 public:
  virtual ~MeasuredWeights() = default;
  virtual void measured(std::span<float> copy, const Tile& tile) const = 0;
};

/// Watches one [metric:...] section that is measured on the validation split: sees its value for the whole network after
/// each of its measurements, and says what the model does then. `stop` ends the training of this model alone, with the
/// weights and arrays as they were at the last `remember`.
struct Watched {
  std::uint64_t step = 0;
  double value = 0;       // NaN where the metric's formula has no meaning
  bool higher_is_better;  // else lower is
};
class PIPELINE_API Watcher {
 public:
  virtual ~Watcher() = default;
  enum class Verdict { go_on, remember, stop };
  virtual std::string section() const = 0;
  virtual Verdict see(const Watched& seen) const = 0;
};

}  // namespace pipeline
