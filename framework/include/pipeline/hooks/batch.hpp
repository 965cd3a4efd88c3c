// The batch, before the forward pass.
#pragma once
#include <pipeline/hooks/regulariser.hpp>
#include <pipeline/hooks/step.hpp>
#include <pipeline/network.hpp>

namespace pipeline {

/// This model's own copy of a batch. inputs [features x batch], targets [classes x batch], each column a distribution.
struct Batch {
  arma::fmat inputs, targets;
  ImageShape image;  // how features form an image; all 0 where they do not
};

class PIPELINE_API BatchChange {
 public:
  virtual ~BatchChange() = default;
  virtual void change(Batch& batch, const Step& step) const = 0;
};

}  // namespace pipeline
