// Largest singular value of square, wide and zero matrices against values worked by hand, layer by layer.
#include <boost/test/unit_test.hpp>

#include "singular_matrices.hpp"

using namespace singular_matrices;
using boost::test_tools::tolerance;

BOOST_AUTO_TEST_SUITE(largest_singular_value)

BOOST_AUTO_TEST_CASE(matches_values_worked_by_hand) {
  BOOST_TEST(of("largest_singular_value", W) == std::sqrt(45.), tolerance(rounding));
  BOOST_TEST(of("largest_singular_value", W.t()) == std::sqrt(45.), tolerance(rounding));
  BOOST_TEST(of("largest_singular_value", one_direction) == std::sqrt(14. * 6), tolerance(rounding));
  BOOST_TEST(of("largest_singular_value", alike) == 2, tolerance(rounding));
  BOOST_TEST(of("largest_singular_value", nothing) == 0);
}

BOOST_AUTO_TEST_CASE(each_layer_has_its_own_value) {
  const auto m = support::measured(support::metric("largest_singular_value"),
                                   support::network_of({arma::fmat{{2, 0}, {0, 1}}, arma::fmat{{0, 7}}}),
                                   support::samples_of(arma::fvec{1, 1}));
  BOOST_TEST(support::value_of(m, "largest_singular_value", 1) == 2, tolerance(rounding));
  BOOST_TEST(support::value_of(m, "largest_singular_value", 2) == 7, tolerance(rounding));
}

BOOST_AUTO_TEST_CASE(a_tall_matrix_has_the_value_of_its_transpose) {
  const arma::fmat tall = arma::join_cols(W, W, W);  // three times the length in every direction that W sees
  BOOST_TEST(of("largest_singular_value", tall) == std::sqrt(3 * 45.), tolerance(rounding));
  BOOST_TEST(of("largest_singular_value", tall.t()) == std::sqrt(3 * 45.), tolerance(rounding));
}

BOOST_AUTO_TEST_SUITE_END()
