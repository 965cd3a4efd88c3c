// early_stopping: ends the training of its model when a metric on validation images has stopped improving.
//
//   a measurement is better if it is strictly above (or below, as the metric says) the best so far; a NaN never is
//   better: its weights are remembered      not better `patience` times in a row: the model stops with the best weights
//
//   metric  a [metric:...] section with on = validation; it counts in measurements, so its `every` sets the pace.
//   A model that is never stopped ends with its last weights, not its best ones.
//
// Source: Prechelt 1998, Early stopping - but when?; counted as Keras' EarlyStopping with restore_best_weights and
// min_delta = 0.
#include <pipeline/regulariser.hpp>

#include <bit>
#include <cmath>

namespace {
using namespace pipeline;

class EarlyStopping final : public Regulariser, public Watcher {
  std::string metric;
  std::uint64_t patience = 10;
  Counts counts;
  enum : std::size_t { has_best, best, waited, how_many };

  void declare(Parameters& p) override {
    p.text("metric", metric, "the [metric:...] section that is watched").must_be_given();
    p.whole("patience", patience, at_least(1), "measurements in a row that may be no better").unit("measurements");
  }
  void keep(State& state) override { state.counts("counts", counts, how_many); }
  std::string section() const override { return metric; }

  Verdict see(const Watched& seen) const override {
    const double so_far = std::bit_cast<double>(counts[best]);  // all 64 bits, so that ties are seen as ties
    const bool better = !counts[has_best]       ? !std::isnan(seen.value)
                        : seen.higher_is_better ? seen.value > so_far
                                                : seen.value < so_far;
    if (better) {
      counts[has_best] = 1, counts[best] = std::bit_cast<std::int64_t>(seen.value), counts[waited] = 0;
      return Verdict::remember;
    }
    return static_cast<std::uint64_t>(++counts[waited]) >= patience ? Verdict::stop : Verdict::go_on;
  }
};

}  // namespace

PIPELINE_REGULARISER(EarlyStopping, early_stopping, "stops when a validation metric no longer improves")
