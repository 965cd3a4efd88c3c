// gradient_clip: shortens a gradient that is too long, so that one bad batch cannot move the weights far.
//
//   if |g| > limit:   g = g * limit / |g|
//
//   g  the gradient of loss and penalties of the whole network, all layers and biases as one vector
//   |.|  Euclidean length
//   A gradient no longer than the limit is not changed at all, not even by rounding.   limit = inf changes nothing.
//   If no gradient is ever longer than the limit, the summary and run.json say so.
//   `layers` and `biases` do not apply: shortening part of the vector would change its direction.
//
// Source: Pascanu et al. 2013, ICML, PMLR 28(3), 1310-1318. No epsilon (PyTorch's clip_grad_norm_ divides by
// |g| + 1e-6).
// See also: power_gradient, gradient_noise.
#include <pipeline/regulariser.hpp>

#include <bit>
#include <cmath>
#include <pipeline/numbers.hpp>
#include <pipeline/vectors.hpp>

namespace {
using namespace pipeline;

class GradientClip final : public Regulariser, public NetworkGradientChange {
  float limit = 1;
  Counts longest;  // one number: the bits of the length of the longest gradient seen

  void declare(Parameters& p) override {
    p.number("limit", limit, above(0).up_to(infinity), "largest length of the whole gradient").neutral("inf");
  }

  void declare_state(State& state) override { state.counts("longest", longest, 1); }
  std::string remark() const override {
    const auto length = std::bit_cast<double>(longest[0]);
    if (length == 0 || length > limit || std::isinf(limit)) return "";
    const int decimals = decimals_for({limit, length}, 3);
    return "never acted: the longest gradient was " + fixed(length, decimals) + ", the limit is " +
           fixed(limit, decimals);
  }

  void change(const Network&, Network& gradient, const Step&) const override {
    double squares = 0;
    for (const Layer& l : gradient.layers)
      squares += sum_of_squares({l.W.memptr(), l.W.n_elem}) + sum_of_squares({l.b.memptr(), l.b.n_elem});
    const double length = std::sqrt(squares);
    if (length > std::bit_cast<double>(longest[0])) longest[0] = std::bit_cast<std::int64_t>(length);
    if (length <= limit) return;
    const double scale = limit / length;
    for (Layer& l : gradient.layers) {
      for (float& x : l.W) x = static_cast<float>(x * scale);
      for (float& x : l.b) x = static_cast<float>(x * scale);
    }
  }
};

}  // namespace

PIPELINE_REGULARISER(GradientClip, gradient_clip, "limits the length of the whole gradient")
