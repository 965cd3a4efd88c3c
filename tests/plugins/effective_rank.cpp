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

BOOST_AUTO_TEST_SUITE_END()
