// Optimisers that each break a law; the comment above each states what is wrong.
#include <pipeline/optimiser.hpp>

namespace {
using namespace pipeline;

struct Plain : Optimiser {
  float default_rate() const override { return 0.1f; }
};

/// The sign is wrong.
struct Uphill final : Plain {
  void direction(std::span<const float>, std::span<float> g, const Tile&, const Step&) const override {
    for (float& x : g) x = -x;
  }
};

/// Moves weights that no gradient pulls at.
struct Drifts final : Plain {
  void direction(std::span<const float>, std::span<float> g, const Tile&, const Step&) const override {
    for (float& x : g) x += 1e-3f;
  }
};

/// Counts calls in a member, in place of step.number.
struct CountsItself final : Plain {
  mutable float calls = 0;
  void direction(std::span<const float>, std::span<float> g, const Tile&, const Step&) const override {
    calls += 1;
    for (float& x : g) x /= calls;
  }
};

/// Takes the columns of trained arrays for weights.
struct MixesTiles final : Plain {
  LikeWeights sum;
  void declare_state(State& state) override { state.like_weights("sum", sum, State::Start::zero); }
  void direction(std::span<const float>, std::span<float> g, const Tile& tile, const Step&) const override {
    const std::span<float> s = sum.at({tile.layer, tile.kind == Kind::bias ? Kind::bias : Kind::weights, tile.input});
    for (std::size_t i = 0; i < g.size(); ++i) g[i] = s[i] = 0.5f * s[i] + g[i];
  }
};

/// Says that its direction is the gradient.
struct NotSoPlain final : Plain {
  bool is_plain_descent() const override { return true; }
  void direction(std::span<const float>, std::span<float> g, const Tile&, const Step&) const override {
    for (float& x : g) x *= 2;
  }
};

/// Its default rate is 0.
struct StandsStill final : Optimiser {
  float default_rate() const override { return 0; }
  void direction(std::span<const float>, std::span<float>, const Tile&, const Step&) const override {}
};

/// Divides by the gradient's size, which may be 0.
struct DividesByZero final : Plain {
  void direction(std::span<const float>, std::span<float> g, const Tile&, const Step&) const override {
    for (float& x : g) x /= x > 0 ? x : -x;
  }
};

}  // namespace

PIPELINE_OPTIMISER(Uphill, uphill, "goes up the slope")
PIPELINE_OPTIMISER(Drifts, drifts, "moves without a gradient")
PIPELINE_OPTIMISER(CountsItself, counts_itself, "counts its calls in a member")
PIPELINE_OPTIMISER(MixesTiles, mixes_tiles, "takes trained arrays for weights")
PIPELINE_OPTIMISER(NotSoPlain, not_so_plain, "claims to be plain descent")
PIPELINE_OPTIMISER(StandsStill, stands_still, "has a default rate of 0")
PIPELINE_OPTIMISER(DividesByZero, divides_by_zero, "divides by zero")
