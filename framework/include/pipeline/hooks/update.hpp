// Just before and after the update W = W - rate * d, where d is what the optimiser makes of the gradient.
#pragma once
#include <span>

#include <pipeline/hooks/regulariser.hpp>
#include <pipeline/hooks/step.hpp>
#include <pipeline/hooks/tile.hpp>
#include <pipeline/matrix_forward.hpp>

namespace pipeline {

/// Tile by tile: the update starts from what is left in w. The gradient is computed already, the direction is not.
class PIPELINE_API BeforeUpdate {
 public:
  virtual ~BeforeUpdate() = default;
  virtual void before_update(std::span<float> w, const Tile& tile, const Step& step) const = 0;
};

/// Tile by tile.
class PIPELINE_API AfterUpdate {
 public:
  virtual ~AfterUpdate() = default;
  virtual void after_update(std::span<float> w, const Tile& tile, const Step& step) const = 0;
};

/// Layer by layer: row k of W holds what node k receives. b is empty unless biases = yes.
class PIPELINE_API AfterLayerUpdate {
 public:
  virtual ~AfterLayerUpdate() = default;
  virtual void after_update(arma::fmat& W, arma::fvec& b, std::size_t layer, const Step& step) const = 0;
};

}  // namespace pipeline
