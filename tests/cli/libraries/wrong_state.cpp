// Regularisers that change their arrays when they must not, or that are wrong only with biases or trained arrays; the
// comment above each states what is wrong.
#include <pipeline/regulariser.hpp>

namespace {
using namespace pipeline;

/// Counts measurements, so that its state depends on how often the model is measured.
struct CountsMeasurements final : Regulariser, ActivationChange {
  Counts seen;
  void declare_state(State& state) override { state.counts("seen", seen, 1); }
  void forward(Activations, const Step&) const override {}
  void backward(Activations, const Step&) const override {}
  void measure(Activations) const override { ++seen[0]; }
};

/// Counts forward passes, one of which may belong to a step that is discarded.
struct CountsPasses final : Regulariser, ActivationChange {
  Counts seen;
  void declare_state(State& state) override { state.counts("seen", seen, 1); }
  void forward(Activations, const Step&) const override { ++seen[0]; }
  void backward(Activations, const Step&) const override {}
};

/// Sums gradients before the update.
struct SumsGradients final : Regulariser, GradientChange {
  LikeWeights sum;
  void declare_state(State& state) override { state.like_weights("sum", sum, State::Start::zero); }
  void change(std::span<const float>, std::span<float> g, const Tile& tile, const Step&) const override {
    const std::span<float> s = sum.at(tile);
    for (std::size_t i = 0; i < g.size(); ++i) s[i] += g[i];
  }
};

/// Adds to the gradient of a trained array when the value of the penalty is computed.
struct ValueWithAGradient final : Regulariser, WeightPenalty {
  PerLayer scale;
  void declare_state(State& state) override {
    state.per_layer(
        "scale", scale, Life::trained, [](std::size_t l) { return State::Size{l > 0 ? 1u : 0u}; }, 1);
  }
  double value(std::span<const float>, const Tile& tile, const Step&) const override {
    scale.gradient(tile.layer) += 1;
    return 0;
  }
  void add_gradient(std::span<const float>, std::span<float>, const Tile&, const Step&) const override {}
};

/// Changes its arrays only where it may.
struct ChangesInTime final : Regulariser, AfterUpdate, AfterLayerUpdate, ActivationChange {
  Counts tiles, layers;
  PerLayer left;
  void declare_state(State& state) override {
    state.counts("tiles", tiles, 1), state.counts("layers", layers, 1);
    state.per_layer("left", left, Life::step, [](std::size_t) { return State::Size{1}; });
  }
  void forward(Activations h, const Step&) const override { left.at(h.layer)(0) = h.values(0); }
  void backward(Activations, const Step&) const override {}
  void after_update(std::span<float>, const Tile&, const Step&) const override { ++tiles[0]; }
  void after_update(arma::fmat&, arma::fvec&, std::size_t, const Step&) const override { ++layers[0]; }
};

/// The penalty of l2, but with half the gradient on one kind of tile.
struct HalfTheGradient : Regulariser, WeightPenalty {
  Kind wrong;
  explicit HalfTheGradient(Kind kind) : wrong(kind) {}
  double value(std::span<const float> w, const Tile&, const Step&) const override {
    double sum = 0;
    for (const float x : w) sum += double{x} * x;
    return sum / 2;
  }
  void add_gradient(std::span<const float> w, std::span<float> g, const Tile& tile, const Step&) const override {
    for (std::size_t i = 0; i < w.size(); ++i) g[i] += (tile.kind == wrong ? 0.5f : 1.f) * w[i];
  }
};
struct WrongOnBiases final : HalfTheGradient {
  WrongOnBiases() : HalfTheGradient(Kind::bias) {}
};
struct WrongOnTrainedArrays final : HalfTheGradient {
  WrongOnTrainedArrays() : HalfTheGradient(Kind::own) {}
};

/// A penalty on a whole layer that forgets the gradient with respect to the biases.
struct ForgetsBiases final : Regulariser, LayerPenalty {
  double value(const Layer& w, const LayerPass&, const Step&) const override {
    return arma::accu(arma::square(w.W)) / 2 + arma::accu(arma::square(w.b)) / 2;
  }
  void add_gradient(const Layer& w, const LayerPass&, Layer& gradient, const Step&) const override {
    gradient.W += w.W;
  }
};

/// Halves the biases of a pass, and forgets it in backward.
struct HalvesBiases final : Regulariser, WeightChange {
  void forward(Layer& copy, std::size_t, const Step&) const override { copy.W *= 0.5f, copy.b *= 0.5f; }
  void backward(Layer& gradient, std::size_t, const Step&) const override { gradient.W *= 0.5f; }
};

/// Has no gradient; its hook after the update does not lower the penalty either.
struct ForgetsItsGradient final : Regulariser, WeightPenalty, AfterUpdate {
  Counts tiles;
  void declare_state(State& state) override { state.counts("tiles", tiles, 1); }
  double value(std::span<const float> w, const Tile&, const Step&) const override {
    double sum = 0;
    for (const float x : w) sum += double{x} * x;
    return sum;
  }
  void add_gradient(std::span<const float>, std::span<float>, const Tile&, const Step&) const override {}
  void after_update(std::span<float>, const Tile&, const Step&) const override { ++tiles[0]; }
};

/// Replaces each weight by the mean of it and the value that it had after the last step.
struct MeanOfTwo : Regulariser, AfterUpdate {
  virtual std::span<float> last(const Tile& tile) const = 0;
  void after_update(std::span<float> w, const Tile& tile, const Step&) const override {
    const std::span<float> before = last(tile);
    for (std::size_t i = 0; i < w.size(); ++i) before[i] = w[i] = 0.5f * (w[i] + before[i]);
  }
};

/// Ignores Kind::own: a column of a trained array shares the stored numbers of the weights.
struct IgnoresTrainedArrays final : MeanOfTwo {
  PerLayer weights, biases;
  void declare_state(State& state) override {
    const NetworkShape n = state.network();
    state.per_layer("weights", weights, Life::kept, [=](std::size_t l) {
      return State::Size{l ? n.outputs(l) : 0, l ? n.inputs(l) : 0};
    });
    state.per_layer("biases", biases, Life::kept, [=](std::size_t l) { return State::Size{l ? n.outputs(l) : 0}; });
  }
  std::span<float> last(const Tile& tile) const override {
    arma::fmat& values = (tile.kind == Kind::bias ? biases : weights).at(tile.layer);
    return {values.colptr(tile.input), values.n_rows};
  }
};

/// The same, correctly.
struct HandlesTrainedArrays final : MeanOfTwo {
  LikeWeights all;
  void declare_state(State& state) override { state.like_weights("all", all, State::Start::weights); }
  std::span<float> last(const Tile& tile) const override { return all.at(tile); }
};

}  // namespace

PIPELINE_REGULARISER(CountsMeasurements, counts_measurements, "counts measurements, which it must not")
PIPELINE_REGULARISER(CountsPasses, counts_passes, "counts passes, which it must not")
PIPELINE_REGULARISER(SumsGradients, sums_gradients, "sums gradients before the update")
PIPELINE_REGULARISER(ValueWithAGradient, value_with_a_gradient, "adds to a gradient in value()")
PIPELINE_REGULARISER(ChangesInTime, changes_in_time, "changes its arrays where it may")
PIPELINE_REGULARISER(WrongOnBiases, wrong_on_biases, "a gradient that is wrong for biases")
PIPELINE_REGULARISER(WrongOnTrainedArrays, wrong_on_trained_arrays, "a gradient that is wrong for trained arrays")
PIPELINE_REGULARISER(ForgetsBiases, forgets_biases, "a layer's gradient without that of the biases")
PIPELINE_REGULARISER(HalvesBiases, halves_biases, "a backward call that forgets the biases")
PIPELINE_REGULARISER(ForgetsItsGradient, forgets_its_gradient, "a penalty without a gradient")
PIPELINE_REGULARISER(IgnoresTrainedArrays, ignores_trained_arrays, "takes trained arrays for weights")
PIPELINE_REGULARISER(HandlesTrainedArrays, handles_trained_arrays, "stores trained arrays apart from weights")
