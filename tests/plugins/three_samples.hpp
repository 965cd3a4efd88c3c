// Three samples of three inputs, small enough to work out the figures of merit by hand.
//
//            samples      mean   max   lit   above mean        nodes  W              r = W x      r - mean r
//   x_1      3  0  0       1      3     1        1             1      1  0  0        3  0  0       2 -1 -1
//   x_2      0  6  3       3      6     2        1             2      1  1  0        3  6  3      -1  2 -1
//   x_3      1  1  1       1      1     3        0             3      0  0  0        0  0  0       0  0  0
//                                                              4      0  0  1        1  1  1       0  0  0
//
//   sum of x_j (r_k - mean r_k):   node 1:  6  -9  0      node 2:  -3  9  0      nodes 3 and 4:  0  0  0
//
// All of these are whole numbers, so nothing is rounded before the epsilons are added.
#pragma once
#include <cmath>

#include "support/measured.hpp"

namespace three_samples {

inline const pipeline::Samples samples = support::samples_of({{3, 0, 0}, {0, 6, 3}, {1, 1, 1}});
inline const pipeline::Network network = support::network_of({arma::fmat{{1, 0, 0}, {1, 1, 0}, {0, 0, 0}, {0, 0, 1}}});

// c worked by hand: the sum above / (max + .001) / (lit + .0001); c_3 is 0 for every node.
inline const double c11 = 6 / 3.001 / 1.0001, c12 = -9 / 6.001 / 2.0001;  // node 1: 1.99913, -.74984
inline const double c21 = -3 / 3.001 / 1.0001, c22 = 9 / 6.001 / 2.0001;  // node 2: -.99957, .74984
inline const double length_1 = std::hypot(c11, c12), length_2 = std::hypot(c21, c22);

/// 1,201 samples, three blocks, of four inputs, of which only the first changes, and whose sums are rounded.
inline pipeline::Samples with_constants() {
  arma::fmat x(4, 1201);
  for (arma::uword n = 0; n < x.n_cols; ++n) x(0, n) = static_cast<float>(n % 7) / 10;
  x.row(1).fill(.1f), x.row(2).fill(.7f), x.row(3).fill(1e-3f);
  return support::samples_of(x);
}

// All further arithmetic is in double; this is some thousand times its rounding error.
inline constexpr double rounding = 1e-12;

}  // namespace three_samples
