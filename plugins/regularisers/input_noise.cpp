// input_noise: adds normal noise to every sample while training.
//
//   x' = x + sd * n       n standard normal, drawn anew for every feature, sample and step
//
//   x  [features x batch], the model's own copy; measurements are made without noise. Values may leave the range of the
//   data: nothing is clipped.   sd = 0 changes nothing.
//
// It acts at its position in the list, among other changes of the batch (mixup, shift); gaussian_noise with
// place = inputs acts after all of them.
// Source: Bishop 1995, Training with noise is equivalent to Tikhonov regularization, Neural Computation 7, 108-116.
// See also: gaussian_noise, mixup, shift.
#include <pipeline/regulariser.hpp>

namespace {
using namespace pipeline;

class InputNoise final : public Regulariser, public BatchChange {
  float sd = 0.1f;

  void declare(Parameters& p) override {
    p.number("sd", sd, at_least(0), "standard deviation of the noise, in units of the inputs").neutral("0");
  }

  void change(Batch& batch, const Step& step) const override {
    arma::fmat& x = batch.inputs;
    step.random.normals(0, x.n_elem, [value = x.memptr(), by = sd](std::size_t i, float n) { value[i] += by * n; });
  }
};

}  // namespace

PIPELINE_REGULARISER(InputNoise, input_noise, "adds normal noise to the inputs while training")
