// dropconnect: sets weights to 0 at random while training, so that no node relies on a single connection.
//
//   W' = W * M * (1 / keep_prob),   M = 1 with probability keep_prob, else 0     drawn anew for every weight and step
//   dW = dW' * M * (1 / keep_prob)                                               the same M in the backward pass
//   when measuring: W' = W
//
//   W  [outputs x inputs] of the named layers; biases likewise if biases = yes.   keep_prob = 1 changes nothing.
//
// All samples of a batch share one M. Wan et al. draw one M per sample, do not divide the weights, and sample when
// measuring.
// Source: Wan et al. 2013, Regularization of neural networks using DropConnect, ICML, PMLR 28(3), 1058-1066.
// See also: dropout, weight_noise.
#include <pipeline/regulariser.hpp>

namespace {
using namespace pipeline;

class DropConnect final : public Regulariser, public WeightTileChange {
  float keep_prob = 0.5f;

  void declare(Parameters& p) override {
    p.number("keep_prob", keep_prob, above(0).up_to(1), "probability that a connection is kept").neutral("1");
  }

  void forward_tile(std::span<float> copy, const Tile& tile, const Step& step) const override { cut(copy, tile, step); }
  void backward_tile(std::span<float> g, const Tile& tile, const Step& step) const override { cut(g, tile, step); }

  void cut(std::span<float> x, const Tile& tile, const Step& step) const {
    const auto [random, first] = draws_for(tile, x.size(), step);
    random.bernoulli(keep_prob, first, x.size(), [value = x.data(), factor = 1 / keep_prob](std::size_t i, bool kept) {
      value[i] = kept ? value[i] * factor : 0.0f;
    });
  }
};

}  // namespace

PIPELINE_REGULARISER(DropConnect, dropconnect, "sets weights to 0 at random while training")
