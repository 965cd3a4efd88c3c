// gradient_noise: adds normal noise of falling variance to the gradient, so that training leaves narrow minima early.
//
//   g' = g + sd_t * n,   sd_t^2 = eta / (1 + t)^gamma,   n standard normal        drawn anew for every element and step
//
//   g    the gradient of loss and penalties for each weight and bias of the named layers (no biases if biases = no)
//   t    the step, counted from 0
//   eta  a variance, not a standard deviation.   eta = 0 changes nothing.
//
// Source: Neelakantan et al. 2015, arXiv 1511.06807 (eta .01, .3 or 1, gamma .55).
// See also: weight_noise, gradient_clip, gradient_noise_scale.
#include <pipeline/regulariser.hpp>

#include <cmath>

namespace {
using namespace pipeline;

class GradientNoise final : public Regulariser, public GradientChange {
  float eta = 0.01f, gamma = 0.55f;

  void declare(Parameters& p) override {
    p.number("eta", eta, at_least(0), "variance of the noise at step 0").neutral("0");
    p.number("gamma", gamma, at_least(0), "how fast the variance falls: eta / (1 + t)^gamma");
  }
  bool biases_by_default() const override { return true; }

  void change(std::span<const float>, std::span<float> g, const Tile& t, const Step& step) const override {
    const double sd = std::sqrt(eta / std::pow(1.0 + static_cast<double>(step.number), gamma));
    const auto [random, first] = draws_for(t, g.size(), step);
    random.normals(first, g.size(),
                   [value = g.data(), by = static_cast<float>(sd)](std::size_t i, float n) { value[i] += by * n; });
  }
};

}  // namespace

PIPELINE_REGULARISER(GradientNoise, gradient_noise, "adds normal noise of falling variance to the gradient")
