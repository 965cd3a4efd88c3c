// The weights of a pass: the pass uses a changed copy, and the update uses the gradient by the unchanged weights.
#pragma once
#include <span>

#include <pipeline/hooks/regulariser.hpp>
#include <pipeline/hooks/step.hpp>
#include <pipeline/hooks/tile.hpp>
#include <pipeline/network.hpp>

namespace pipeline {

class PIPELINE_API WeightChange {
 public:
  virtual ~WeightChange() = default;
  virtual void forward(Layer& copy, std::size_t layer, const Step& step) const = 0;
  /// The adjoint: turns the gradient by the changed weights into the gradient by the weights.
  virtual void backward(Layer& gradient, std::size_t layer, const Step& step) const = 0;
  virtual void measure(Layer& /*copy*/, std::size_t /*layer*/) const {}
};

/// A WeightChange that needs only one tile at a time, in any order.
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

/// Weights to measure with instead of the trained ones: writes them over a copy, tile by tile. Not in a model with an
/// entry that trains arrays of its own, because those would be measured as they are, beside weights that they do not
/// fit.
class PIPELINE_API MeasuredWeights {
 public:
  virtual ~MeasuredWeights() = default;
  virtual void measured(std::span<float> copy, const Tile& tile) const = 0;
};

}  // namespace pipeline
