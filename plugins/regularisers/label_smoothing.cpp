// label_smoothing: mixes each target with the uniform distribution, so that the network is never trained to be certain.
//
//   y' = (1 - epsilon) * y + epsilon / K
//
//   y  [K classes x batch], each column a distribution, before and after.   epsilon = 0 changes nothing.
//
// Source: Szegedy et al. 2016, Rethinking the Inception architecture, CVPR, section 7.
// See also: confidence_penalty, mixup, calibration_error.
#include <pipeline/regulariser.hpp>

namespace {
using namespace pipeline;

class LabelSmoothing final : public Regulariser, public BatchChange {
  float epsilon = 0.1f;

  void declare(Parameters& p) override {
    p.number("epsilon", epsilon, at_least(0).up_to(1), "share of each target that is spread evenly over all classes")
        .neutral("0");
  }

  void change(Batch& batch, const Step&) const override {
    const float spread = epsilon / static_cast<float>(batch.targets.n_rows);
    for (float& y : batch.targets) y = (1 - epsilon) * y + spread;
  }
};

}  // namespace

PIPELINE_REGULARISER(LabelSmoothing, label_smoothing, "mixes the targets with the uniform distribution")
