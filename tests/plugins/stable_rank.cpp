// Stable rank: a matrix worked by hand, the smallest and largest rank, and NaN for a matrix of zeros.
#include <boost/test/unit_test.hpp>

#include "singular_matrices.hpp"

using namespace singular_matrices;
using boost::test_tools::tolerance;

BOOST_AUTO_TEST_SUITE(stable_rank)

BOOST_AUTO_TEST_CASE(matches_values_worked_by_hand) {
  BOOST_TEST(of("stable_rank", W) == 50. / 45, tolerance(rounding));
  BOOST_TEST(of("stable_rank", one_direction) == 1, tolerance(rounding));
  BOOST_TEST(of("stable_rank", alike) == 3, tolerance(rounding));
  BOOST_TEST(std::isnan(of("stable_rank", nothing)));
}

BOOST_AUTO_TEST_SUITE_END()
