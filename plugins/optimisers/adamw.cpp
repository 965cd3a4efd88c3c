// adamw: adam with a decay of the weights that is not divided by the root.
//
//   w = w - rate * (m' / (sqrt(v') + epsilon) + weight_decay * w)          m', v': as in adam
//
//   w  every weight, bias and trained array (gamma and beta of batch_norm), as in PyTorch
//   weight_decay = 0 is adam.
//
// The same, up to rounding, as adam with the regulariser weight_decay, biases = yes and lambda = weight_decay: that one
// can be limited to weights, or to layers.
// Source: Loshchilov & Hutter 2019, Decoupled weight decay regularization, ICLR, algorithm 2; as PyTorch's AdamW.
// See also: adam, weight_decay, lion.
#include "moments.hpp"

namespace {
using namespace pipeline;

class AdamW final : public Optimiser {
  Moments moments;
  float weight_decay = 0.01f;

  void declare(Parameters& p) override {
    moments.declare(p);
    p.number("weight_decay", weight_decay, at_least(0),
             "each update shrinks the weights by the share rate * weight_decay");
  }
  float default_rate() const override { return 0.001f; }
  void declare_state(State& state) override { moments.declare_state(state); }
  void direction(std::span<const float> w, std::span<float> g, const Tile& tile, const Step& step) const override {
    moments.direction(g, tile, step);
    for (std::size_t i = 0; i < g.size(); ++i) g[i] += weight_decay * w[i];
  }
};

}  // namespace

PIPELINE_OPTIMISER(AdamW, adamw, "adam with decoupled weight decay")
