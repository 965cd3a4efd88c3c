// The singular values of a layer's weights, by LAPACK in double; computed once per measurement for all metrics that use
// them.
#pragma once
#include <pipeline/metric.hpp>

namespace singular_values {
using namespace pipeline;

struct SingularValues {
  static constexpr int shared_layout = 1;
  arma::vec values;
};

/// min(inputs, outputs) of them, largest first.
inline const arma::vec& of(const Evaluation& e, std::size_t layer) {
  const auto make = [&] {
    SingularValues out;
    if (!arma::svd(out.values, arma::conv_to<arma::mat>::from(e.network().layer(layer).W)))
      throw std::runtime_error("LAPACK could not compute the singular values of layer " + std::to_string(layer));
    return out;
  };
  return e.share<SingularValues>(make, layer).values;
}

}  // namespace singular_values
