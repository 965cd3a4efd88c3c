// The singular values of a layer's weights, by LAPACK in double; computed once per measurement for all metrics that use
// them.
//
//   s_i = sqrt(l_i),   l_1 >= l_2 >= ...  the eigenvalues of the smaller of W W' and W'W
//
// That takes less time than a singular value decomposition, but squares the condition: an error of
// l_1 * n * 2e-16 in l_i is one of s_1 * n * 1e-16 * s_1 / s_i in s_i. So where the smallest s is below s_1 / 10,000, W
// is decomposed itself; otherwise no s_i is off by more than n * 1e-12 * s_1.
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
    const arma::mat W = arma::conv_to<arma::mat>::from(e.network().layer(layer).W);
    const arma::mat gram = W.n_rows <= W.n_cols ? arma::mat(W * W.t()) : arma::mat(W.t() * W);
    arma::vec squares;  // ascending
    constexpr double least = 1e-8;
    if (arma::eig_sym(squares, gram) && squares[0] > least * squares[squares.n_elem - 1])
      out.values = arma::sqrt(arma::reverse(squares));
    else if (!arma::svd(out.values, W))
      throw std::runtime_error("LAPACK could not compute the singular values of layer " + std::to_string(layer));
    return out;
  };
  return e.share<SingularValues>(make, layer).values;
}

}  // namespace singular_values
