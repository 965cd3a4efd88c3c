// The singular values of a layer's weights, by LAPACK in double; made once a measurement for all who use them.
#pragma once
#include <pipeline/metric.hpp>

namespace singular_values {
using namespace pipeline;

/// Largest first, min(inputs, outputs) of them.
inline const arma::vec& of(const Evaluation& e, std::size_t layer) {
  return e.share("singular values of layer " + std::to_string(layer), [&] {
    arma::vec values;
    if (!arma::svd(values, arma::conv_to<arma::mat>::from(e.network().layer(layer).W)))
      throw std::runtime_error("LAPACK finds no singular values of layer " + std::to_string(layer));
    return values;
  });
}

}  // namespace singular_values
