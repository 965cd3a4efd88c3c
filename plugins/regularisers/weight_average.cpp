// weight_average: measures the model with an average of its weights over many steps; training is not affected.
//
//   after update t >= from, the n-th to be averaged:
//     form = exponential:  a = a + (1 - decay) * (w - a)      about the last 1 / (1 - decay) steps
//     form = equal:        a = a + (w - a) / n                the mean of all steps from `from` on
//     n = 1, in either form:  a = w
//   when measuring: w = a, once n >= 1
//
//   w  every weight and bias of the named layers (no biases if biases = no)
//   form = exponential with decay = 0 changes nothing.
//
// Source: equal: Izmailov et al. 2018, UAI (stochastic weight averaging; here every step, at a constant rate).
// exponential: Polyak & Juditsky 1992, SIAM J. Control Optim. 30, 838-855, with a window; starts from the first
// averaged weights, as PyTorch's AveragedModel does (TensorFlow's ExponentialMovingAverage starts from the untrained
// ones).
// See also: early_stopping, start_distance.
#include <pipeline/regulariser.hpp>

namespace {
using namespace pipeline;

class WeightAverage final : public Regulariser, public AfterUpdate, public MeasuredWeights {
  std::string form = "exponential";
  double decay = 0.999;
  std::uint64_t from = 0;
  LikeWeights average;
  Counts averaged;

  void declare(Parameters& p) override {
    p.choice("form", form, {"exponential", "equal"}, "recent steps weigh more, or all steps the same");
    p.number("decay", decay, at_least(0).below(1), "share of the average that each step retains")
        .neutral("0")
        .used_if("form", {"exponential"});
    p.whole("from", from, at_least(0), "first step whose update is averaged");
  }
  bool biases_by_default() const override { return true; }
  void check_training(const TrainingLength& training) const override {
    if (training.steps > 0 && from >= training.steps)
      throw Misfit("from", "= " + std::to_string(from) + " is after the last update, " +
                               std::to_string(training.steps - 1) + ", so that nothing is averaged");
  }
  void declare_state(State& state) override {
    state.like_weights("average", average, State::Start::zero);
    state.counts("averaged", averaged, 1);
  }

  void after_update(std::span<float> w, const Tile& tile, const Step& step) const override {
    if (step.number < from) return;
    const std::uint64_t n = step.number - from + 1;
    averaged[0] = static_cast<std::int64_t>(n);
    const double share = n == 1 ? 1 : form == "equal" ? 1 / static_cast<double>(n) : 1 - decay;
    const std::span<float> a = average.at(tile);
    for (std::size_t i = 0; i < w.size(); ++i)
      a[i] = share == 1 ? w[i] : static_cast<float>(a[i] + share * (double{w[i]} - a[i]));
  }
  void measured(std::span<float> copy, const Tile& tile) const override {
    if (averaged[0] == 0) return;
    const std::span<float> a = average.at(tile);
    for (std::size_t i = 0; i < copy.size(); ++i) copy[i] = a[i];
  }
};

}  // namespace

PIPELINE_REGULARISER(WeightAverage, weight_average, "measures with an average of the weights over steps")
