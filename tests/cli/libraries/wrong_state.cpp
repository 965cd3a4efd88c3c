// Regularisers that change what they keep where they may not, or are wrong only with biases; what is wrong stands above
// each.
#include <pipeline/regulariser.hpp>

namespace {
using namespace pipeline;

/// Counts measurements, so that a model that is measured more often keeps other numbers.
struct CountsMeasurements final : Regulariser, ActivationChange {
  Counts seen;
  void keep(State& state) override { state.counts("seen", seen, 1); }
  void forward(Activations, const Step&) const override {}
  void backward(Activations, const Step&) const override {}
  void measure(Activations) const override { ++seen[0]; }
};

/// Counts on the way forward, which may be gone for a step that is never made.
struct CountsPasses final : Regulariser, ActivationChange {
  Counts seen;
  void keep(State& state) override { state.counts("seen", seen, 1); }
  void forward(Activations, const Step&) const override { ++seen[0]; }
  void backward(Activations, const Step&) const override {}
};

/// Keeps the sum of gradients that it sees, before the update.
struct SumsGradients final : Regulariser, GradientChange {
  LikeWeights sum;
  void keep(State& state) override { state.like_weights("sum", sum, State::Start::zero); }
  void change(std::span<const float>, std::span<float> g, const Tile& tile, const Step&) const override {
    const std::span<float> s = sum.at(tile, g.size());
    for (std::size_t i = 0; i < g.size(); ++i) s[i] += g[i];
  }
};

/// Adds to the gradient of a trained array while the penalty is asked for its value.
struct ValueWithAGradient final : Regulariser, WeightPenalty {
  PerLayer scale;
  void keep(State& state) override {
    state.per_layer(
        "scale", scale, Life::trained, [](std::size_t l) { return State::Size{l > 0 ? 1u : 0u}; }, 1);
  }
  double value(std::span<const float>, const Tile& tile) const override {
    scale.gradient(tile.layer) += 1;
    return 0;
  }
  void add_gradient(std::span<const float>, std::span<float>, const Tile&) const override {}
};

/// Changes what it keeps at every moment at which that is right.
struct KeepsRightly final : Regulariser, AfterUpdate, AfterLayerUpdate, ActivationChange {
  Counts tiles, layers;
  PerLayer left;
  void keep(State& state) override {
    state.counts("tiles", tiles, 1), state.counts("layers", layers, 1);
    state.per_layer("left", left, Life::step, [](std::size_t) { return State::Size{1}; });
  }
  void forward(Activations h, const Step&) const override { left.at(h.layer)(0) = h.values(0); }
  void backward(Activations, const Step&) const override {}
  void after_update(std::span<float>, const Tile&, const Step&) const override { ++tiles[0]; }
  void after_update(arma::fmat&, arma::fvec&, std::size_t, const Step&) const override { ++layers[0]; }
};

/// The penalty of l2, but half as steep on some kinds of tiles.
struct HalfAsSteep : Regulariser, WeightPenalty {
  Kind wrong;
  explicit HalfAsSteep(Kind kind) : wrong(kind) {}
  double value(std::span<const float> w, const Tile&) const override {
    double sum = 0;
    for (const float x : w) sum += double{x} * x;
    return sum / 2;
  }
  void add_gradient(std::span<const float> w, std::span<float> g, const Tile& tile) const override {
    for (std::size_t i = 0; i < w.size(); ++i) g[i] += (tile.kind == wrong ? 0.5f : 1.f) * w[i];
  }
};
struct WrongOnBiases final : HalfAsSteep {
  WrongOnBiases() : HalfAsSteep(Kind::bias) {}
};
struct WrongOnTrainedArrays final : HalfAsSteep {
  WrongOnTrainedArrays() : HalfAsSteep(Kind::own) {}
};

/// A penalty on all of a layer that forgets the gradient by the biases.
struct ForgetsBiases final : Regulariser, LayerPenalty {
  double value(const Layer& w, const LayerPass&) const override {
    return arma::accu(arma::square(w.W)) / 2 + arma::accu(arma::square(w.b)) / 2;
  }
  void add_gradient(const Layer& w, const LayerPass&, Layer& gradient) const override { gradient.W += w.W; }
};

/// Halves the biases of a pass, and forgets it on the way back.
struct HalvesBiases final : Regulariser, WeightChange {
  void forward(Layer& copy, std::size_t, const Step&) const override { copy.W *= 0.5f, copy.b *= 0.5f; }
  void backward(Layer& gradient, std::size_t, const Step&) const override { gradient.W *= 0.5f; }
};

/// Has no gradient, and what it does after the update is another matter.
struct ForgetsItsGradient final : Regulariser, WeightPenalty, AfterUpdate {
  Counts tiles;
  void keep(State& state) override { state.counts("tiles", tiles, 1); }
  double value(std::span<const float> w, const Tile&) const override {
    double sum = 0;
    for (const float x : w) sum += double{x} * x;
    return sum;
  }
  void add_gradient(std::span<const float>, std::span<float>, const Tile&) const override {}
  void after_update(std::span<float>, const Tile&, const Step&) const override { ++tiles[0]; }
};

}  // namespace

PIPELINE_REGULARISER(CountsMeasurements, counts_measurements, "counts measurements where it may not")
PIPELINE_REGULARISER(CountsPasses, counts_passes, "counts passes where it may not")
PIPELINE_REGULARISER(SumsGradients, sums_gradients, "sums gradients where it may not")
PIPELINE_REGULARISER(ValueWithAGradient, value_with_a_gradient, "adds to a gradient where it may not")
PIPELINE_REGULARISER(KeepsRightly, keeps_rightly, "changes what it keeps where it may")
PIPELINE_REGULARISER(WrongOnBiases, wrong_on_biases, "a gradient that is wrong by the biases")
PIPELINE_REGULARISER(WrongOnTrainedArrays, wrong_on_trained_arrays, "a gradient that is wrong by trained arrays")
PIPELINE_REGULARISER(ForgetsBiases, forgets_biases, "a layer's gradient without that of biases")
PIPELINE_REGULARISER(HalvesBiases, halves_biases, "a way back without that of biases")
PIPELINE_REGULARISER(ForgetsItsGradient, forgets_its_gradient, "a penalty without a gradient")
