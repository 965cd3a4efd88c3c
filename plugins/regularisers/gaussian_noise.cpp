// gaussian_noise: adds normal noise to every unit while training, so that no node relies on small differences.
//
//   h' = h + sd * n       n standard normal, drawn anew for every unit, sample and step
//   dh = dh'
//   when measuring: h' = h
//
//   h   [units x batch], at `place`:
//       after_relu   the hidden layers in `layers`, and the inputs if `layers` includes 0; units at 0 do not stay there
//       before_relu  the hidden layers in `layers`; ReLU then sets negative values to 0
//       inputs       layer 0
//   sd  in units of h, the same for all units.   sd = 0 changes nothing.
//
// Source: Bishop 1995, Training with noise is equivalent to Tikhonov regularization, Neural Computation 7, 108-116, for
// the inputs; Keras' GaussianNoise, a layer of its own, for the rest.
// See also: input_noise, gaussian_dropout, weight_noise.
#include <pipeline/regulariser.hpp>

namespace {
using namespace pipeline;

class GaussianNoise final : public Regulariser, public ActivationChange {
  float sd = 0.1f;
  std::string place = "after_relu";

  void declare(Parameters& p) override {
    p.number("sd", sd, at_least(0), "standard deviation of the noise").neutral("0");
    p.choice("place", place, {"after_relu", "before_relu", "inputs"}, "where the noise is added");
  }

  Where where() const override {
    return place == "inputs" ? Where::inputs : place == "before_relu" ? Where::before_relu : Where::after_relu;
  }
  void forward(Activations h, const Step& step) const override {
    const Random draws = step.random.in_layer(static_cast<std::uint32_t>(h.layer));
    draws.normals(0, h.values.n_elem,
                  [value = h.values.memptr(), by = sd](std::size_t i, float n) { value[i] += by * n; });
  }
  void backward(Activations, const Step&) const override {}
};

}  // namespace

PIPELINE_REGULARISER(GaussianNoise, gaussian_noise, "adds normal noise to units while training")
