// The gradient of loss and penalties, before the update.
#pragma once
#include <span>

#include <pipeline/hooks/regulariser.hpp>
#include <pipeline/hooks/step.hpp>
#include <pipeline/hooks/tile.hpp>
#include <pipeline/matrix_forward.hpp>

namespace pipeline {

/// Changes g in place, tile by tile.
class PIPELINE_API GradientChange {
 public:
  virtual ~GradientChange() = default;
  virtual void change(std::span<const float> w, std::span<float> g, const Tile& tile, const Step& step) const = 0;
};

/// Changes the gradient of all weights and biases at once, after the tile hooks. The engine must store the whole
/// gradient for it, which costs time. It neither sees nor changes the gradient of trained arrays.
class PIPELINE_API NetworkGradientChange {
 public:
  virtual ~NetworkGradientChange() = default;
  virtual void change(const Network& weights, Network& gradient, const Step& step) const = 0;
};

/// Writes displaced weights, at which the engine computes the gradient again, on the same batch and with the same
/// draws; the update then starts from the undisplaced weights. Trained arrays stay where they are meanwhile, and what
/// the first pass left for hooks after the update (Life::step) is kept, not what the second left. At most one per model.
class PIPELINE_API LookAhead {
 public:
  virtual ~LookAhead() = default;
  virtual void displace(Network& weights, const Network& gradient, const Step& step) const = 0;
};

}  // namespace pipeline
