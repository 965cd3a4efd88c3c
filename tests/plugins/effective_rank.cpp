// Effective rank: a matrix worked by hand, the smallest and largest rank, and NaN for a matrix of zeros.
#include <boost/test/unit_test.hpp>

#include "singular_matrices.hpp"

using namespace singular_matrices;
using boost::test_tools::tolerance;

BOOST_AUTO_TEST_SUITE(effective_rank)

BOOST_AUTO_TEST_CASE(matches_values_worked_by_hand) {
  // p = 3/4 and 1/4: exp of the entropy is (4/3)^(3/4) 4^(1/4), about 1.755.
  BOOST_TEST(of("effective_rank", W) == std::pow(4. / 3, .75) * std::pow(4, .25), tolerance(rounding));
  BOOST_TEST(of("effective_rank", W) == 1.755, tolerance(1e-3));  // from a calculator, four digits
  BOOST_TEST(of("effective_rank", one_direction) == 1, tolerance(rounding));
  BOOST_TEST(of("effective_rank", alike) == 3, tolerance(rounding));
  BOOST_TEST(std::isnan(of("effective_rank", nothing)));
}

// Singular values from 1 down to `least`, on both sides of where the decomposition is chosen instead of eigenvalues.
BOOST_AUTO_TEST_CASE(all_three_agree_with_the_decomposition_within_the_stated_error) {
  const pipeline::Random draws(1, "test", "singular values", "");
  for (const auto& [rows, columns] : {std::pair{40, 60}, {60, 40}, {50, 50}})
    for (const double least : {1., 1e-2, 1e-3, 1.1e-4, 1e-5, 1e-9}) {
      arma::mat left(rows, rows), right(columns, columns), q, p, r;
      for (arma::uword i = 0; i < left.n_elem; ++i) left[i] = draws.normal(i);
      for (arma::uword i = 0; i < right.n_elem; ++i) right[i] = draws.in_layer(1).normal(i);
      arma::qr(q, r, left), arma::qr(p, r, right);
      const int n = std::min(rows, columns);
      const arma::vec s = arma::exp(arma::linspace(0, std::log(least), n));
      const arma::fmat weights =
          arma::conv_to<arma::fmat>::from(q.head_cols(n) * arma::diagmat(s) * p.head_cols(n).t());
      const arma::vec exact = arma::svd(arma::conv_to<arma::mat>::from(weights)), shares = exact / arma::accu(exact);
      const auto within = tolerance(n * 1e-12 * n);  // n values, each off by the stated n * 1e-12 at most
      BOOST_TEST(of("effective_rank", weights) == std::exp(-arma::accu(shares % arma::log(shares))), within);
      BOOST_TEST(of("stable_rank", weights) == arma::accu(arma::square(exact / exact[0])), within);
      BOOST_TEST(of("largest_singular_value", weights) == exact[0], within);
    }
}

BOOST_AUTO_TEST_SUITE_END()
