// momentum: two steps worked by hand.
#include <boost/test/unit_test.hpp>

#include "support/by_hand.hpp"

using namespace support;
using namespace pipeline;

BOOST_AUTO_TEST_SUITE(momentum)

// v = (4, -8), then .5 * (4, -8) + (2, 0) = (4, -4); rates .25 and .5: the second step takes its own rate for all of v.
BOOST_AUTO_TEST_CASE(matches_two_steps_worked_by_hand) {
  ByHand one("momentum", {{"momentum", "0.5"}}, {1, 1});
  BOOST_TEST(one.step({4, -8}, 0.25f) == (std::vector<float>{4, -8}), boost::test_tools::per_element());
  BOOST_TEST(one.w == (std::vector<float>{0, 3}), boost::test_tools::per_element());
  BOOST_TEST(one.step({2, 0}, 0.5f) == (std::vector<float>{4, -4}), boost::test_tools::per_element());
  BOOST_TEST(one.w == (std::vector<float>{-2, 5}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
