// Weights whose singular values are worked by hand.
//
//   W = [3 0; 4 5]     W'W = [25 20; 20 25], its eigenvalues 45 and 5: s = 3 sqrt 5 and sqrt 5
#pragma once
#include <cmath>

#include "support/measured.hpp"

namespace singular_matrices {

inline const arma::fmat W = {{3, 0}, {4, 5}};
inline const arma::fmat one_direction = arma::fvec{1, 2, 3} * arma::frowvec{1, -1, 2, 0};  // s = sqrt 14 sqrt 6, 0, 0
inline const arma::fmat alike = {{0, -2, 0, 0}, {0, 0, 0, 2}, {2, 0, 0, 0}};               // s = 2, 2, 2
inline const arma::fmat nothing(3, 4, arma::fill::zeros);
// LAPACK in double, on whole numbers.
inline constexpr double rounding = 1e-12;

inline double of(const std::string& name, const arma::fmat& weights) {
  const pipeline::Samples samples = support::samples_of(arma::fmat(weights.n_cols, 1, arma::fill::ones));
  return support::value_of(support::measured(support::metric(name), support::network_of({weights}), samples), name, 1);
}

}  // namespace singular_matrices
