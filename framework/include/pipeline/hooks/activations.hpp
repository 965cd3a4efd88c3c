// Activations, on the way forward, and their gradient on the way back.
#pragma once
#include <pipeline/hooks/regulariser.hpp>
#include <pipeline/hooks/step.hpp>
#include <pipeline/matrix_forward.hpp>

namespace pipeline {

/// `layer` counts as in metrics.csv: 0 is the inputs, l the outputs of layer l. values [units x batch]
/// targets [classes x batch], each column a distribution: of a label, 1 for its class; null when measuring.
struct Activations {
  std::size_t layer;
  arma::fmat& values;
  const arma::fmat* targets = nullptr;
};

/// ReLU stands for the activation of the layer, whichever the pipeline chooses.
enum class Where { inputs, before_relu, after_relu };

class PIPELINE_API ActivationChange {
 public:
  virtual ~ActivationChange() = default;
  /// after_relu covers the hidden layers, and the inputs where `layers` names 0; before_relu the hidden layers.
  virtual Where where() const { return Where::after_relu; }
  virtual void forward(Activations h, const Step& step) const = 0;
  /// The adjoint: turns the gradient by the changed values into the gradient by the values. Same step, same draws.
  virtual void backward(Activations gradient, const Step& step) const = 0;
  /// The change when measuring, and its adjoint. By default none.
  virtual void measure(Activations) const {}
  virtual void measure_backward(Activations) const {}
};

/// An ActivationChange that multiplies each value, and its gradient, by a factor that depends on no value, as a mask
/// does; nothing happens when measuring. Where a value becomes 0, the engine may pass 0 as its gradient.
class PIPELINE_API ActivationScale : public ActivationChange {
 public:
  virtual void scale(Activations values, const Step& step) const = 0;

  void forward(Activations h, const Step& step) const final { scale(h, step); }
  void backward(Activations gradient, const Step& step) const final { scale(gradient, step); }
  void measure(Activations) const final {}
  void measure_backward(Activations) const final {}
};

}  // namespace pipeline
