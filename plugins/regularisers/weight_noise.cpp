// weight_noise: adds normal noise to the weights while training, so that training settles where noise does little harm.
//
//   W' = W + sd * n,   n standard normal     drawn anew for every weight and step; all samples of a batch share it
//   dW = dW'                                 the gradient found with W' updates W
//   when measuring: W' = W
//
//   W  [outputs x inputs] of the named layers; biases likewise if biases = yes.   sd = 0 changes nothing.
//
// Source: An 1996, Neural Computation 8, 643-674 (additive weight noise); Graves 2011, NIPS 24, drawn once per batch.
// See also: dropconnect, gradient_noise, sharpness.
#include <pipeline/regulariser.hpp>

namespace {
using namespace pipeline;

class WeightNoise final : public Regulariser, public WeightTileChange {
  float sd = 0.01f;

  void declare(Parameters& p) override {
    p.number("sd", sd, at_least(0), "standard deviation of the noise").unit("units of the weights").neutral("0");
  }

  void forward_tile(std::span<float> copy, const Tile& tile, const Step& step) const override {
    const auto [random, first] = draws_for(tile, copy.size(), step);
    random.normals(first, copy.size(), [value = copy.data(), by = sd](std::size_t i, float n) { value[i] += by * n; });
  }
  void backward_tile(std::span<float>, const Tile&, const Step&) const override {}
};

}  // namespace

PIPELINE_REGULARISER(WeightNoise, weight_noise, "adds normal noise to the weights of each training pass")
