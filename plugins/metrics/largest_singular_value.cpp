// largest_singular_value: the largest factor by which a layer can stretch its input, also called its spectral norm.
//
//   largest_singular_value of layer l = s_1 = max over x of |W x| / |x|              by LAPACK in double, exact
//
//   W  [outputs x inputs]     s_1 >= s_2 >= ...  its singular values
//   >= 0, neither direction is better. The product over the layers bounds the network's Lipschitz constant, biases and
//   ReLU included.
//
// See also: spectral_norm, stable_rank, weight_norm.
#include "singular_values.hpp"

namespace {
using namespace pipeline;

class LargestSingularValue final : public Metric {
  MetricInfo describe() const override {
    return {.unit = "gain", .better = Direction::neither, .looks = Looks::at_weights};
  }

  void measure(const Evaluation& e, Results& out) const override {
    for (std::size_t l = 1; l <= e.network().depth(); ++l) out.layer(l, singular_values::of(e, l)[0]);
  }
};

}  // namespace

PIPELINE_METRIC(LargestSingularValue, largest_singular_value,
                "largest singular value of each layer's weights (spectral norm)")
