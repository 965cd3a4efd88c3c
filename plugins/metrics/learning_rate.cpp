// learning_rate: the rate of the update that follows the measurement.
//
//   learning_rate = rate * share(t)          share: what the schedule says of step t; 1 without one
//
//   After the last update, what the schedule would give next. NaN for the control network, which is not trained.
//
// The formula of each schedule is in framework/learning/schedule.hpp and in the manual, `man pipeline`.
#include <pipeline/metric.hpp>

namespace {
using namespace pipeline;

class LearningRate final : public Metric {
  MetricInfo describe() const override {
    return {.unit = "change of a weight per gradient",
            .better = Direction::neither,
            .undefined = "NaN for the control network",
            .looks = Looks::at_weights};
  }
  void measure(const Evaluation& e, Results& out) const override { out.value(e.learning_rate()); }
};

}  // namespace

PIPELINE_METRIC(LearningRate, learning_rate, "learning rate of the next update")
