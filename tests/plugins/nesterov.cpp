// nesterov: two steps worked by hand.
#include <boost/test/unit_test.hpp>

#include "support/by_hand.hpp"

using namespace support;
using namespace pipeline;

BOOST_AUTO_TEST_SUITE(nesterov)

// v = (4, -8): d = g + .5 v = (6, -12). Then v = .5 * (4, -8) + (2, 0) = (4, -4): d = (2, 0) + (2, -2) = (4, -2).
BOOST_AUTO_TEST_CASE(matches_two_steps_worked_by_hand) {
  ByHand one("nesterov", {{"momentum", "0.5"}}, {1, 1});
  BOOST_TEST(one.step({4, -8}, 0.25f) == (std::vector<float>{6, -12}), boost::test_tools::per_element());
  BOOST_TEST(one.w == (std::vector<float>{-0.5f, 4}), boost::test_tools::per_element());
  BOOST_TEST(one.step({2, 0}, 0.5f) == (std::vector<float>{4, -2}), boost::test_tools::per_element());
  BOOST_TEST(one.w == (std::vector<float>{-2.5f, 5}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
