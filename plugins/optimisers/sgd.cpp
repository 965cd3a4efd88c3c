// sgd: plain gradient descent on batches.
//
//   w = w - rate * g
//
//   g  gradient of loss and penalties
//
// The update is part of the kernels, so that this optimiser is the fastest.
// Source: Robbins & Monro 1951, Ann. Math. Statist. 22, 400-407.
// See also: momentum, nesterov, adam.
#include <pipeline/optimiser.hpp>

namespace {
using namespace pipeline;

class Sgd final : public Optimiser {
  float default_rate() const override { return 0.1f; }
  bool is_plain_descent() const override { return true; }
  void direction(std::span<const float>, std::span<float>, const Tile&, const Step&) const override {}
};

}  // namespace

PIPELINE_OPTIMISER(Sgd, sgd, "plain gradient descent")
