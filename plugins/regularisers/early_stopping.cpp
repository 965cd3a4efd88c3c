// early_stopping: stops training a model when a metric on the validation samples no longer improves.
//
//   A measurement is better if it is strictly above the best so far (strictly below, if lower is better); NaN never is.
//   better: the weights are remembered     not better `patience` times in a row: the model stops
//
//   no value is better than that of step 0         a warning: the model is the untrained network
//
//   metric    a [metric:...] section with on = validation
//   patience  a number of measurements, so that the section's `every` determines how many steps it covers. With a
//             patience longer than the run, the model is never stopped.
//   When it stops, or after the last update, the model goes back to its best weights and is measured once more. In
//   metrics.csv these last rows have the step at which it stopped and the values of its best weights; weights.h5
//   contains the best weights; the summary and run.json name both steps, stop_step and restored_step.
//
// Source: Prechelt 1998, Early stopping - but when?; counted as in Keras' EarlyStopping with restore_best_weights and
// min_delta = 0, which also restores the best weights if the last epoch comes first (from Keras 3 on).
// See also: generalisation_gap, loss, accuracy.
#include <pipeline/regulariser.hpp>

#include <bit>
#include <cmath>

namespace {
using namespace pipeline;

class EarlyStopping final : public Regulariser, public Watcher {
  std::string metric;
  std::uint64_t patience = 10;
  Counts counts;
  enum : std::size_t { has_best, best, waited, best_step, how_many };

  void declare(Parameters& p) override {
    p.text("metric", metric, "the [metric:...] section to watch").must_be_given();
    p.whole("patience", patience, at_least(1),
            "number of measurements in a row without improvement after which the model stops")
        .unit("measurements");
  }
  void declare_state(State& state) override { state.counts("counts", counts, how_many); }
  std::string remark() const override {
    if (!counts[has_best])
      return "never saw a value of [metric:" + metric + "] that is a number: the weights are the last ones";
    if (counts[best_step] == 0)
      return "no value of [metric:" + metric + "] was better than that of step 0: the model is the untrained network";
    return "";
  }
  std::string section() const override { return metric; }

  Decision see(const Watched& seen) const override {
    const double so_far = std::bit_cast<double>(counts[best]);  // all 64 bits, so that ties are exact
    const bool better = !counts[has_best]       ? !std::isnan(seen.value)
                        : seen.higher_is_better ? seen.value > so_far
                                                : seen.value < so_far;
    if (better) {
      counts[has_best] = 1, counts[best] = std::bit_cast<std::int64_t>(seen.value), counts[waited] = 0;
      counts[best_step] = static_cast<std::int64_t>(seen.step);
      return Decision::remember;
    }
    return static_cast<std::uint64_t>(++counts[waited]) >= patience ? Decision::stop : Decision::go_on;
  }
};

}  // namespace

PIPELINE_REGULARISER(EarlyStopping, early_stopping, "stops when a validation metric no longer improves")
