// lion: three steps worked by hand.
#include <boost/test/unit_test.hpp>

#include "support/by_hand.hpp"

using namespace support;
using namespace pipeline;

BOOST_AUTO_TEST_SUITE(lion)

// beta1 = .5, beta2 = .75, g = (4, -1): u = .5 g, d = (1, -1), m = .25 g = (1, -.25).
// g = (-.5, .25): u = .5 m + .5 g = (.25, 0), d = (1, 0); m = .75 m + .25 g = (.625, -.125).
// g = (-2, .5): u = (-.6875, .1875), d = (-1, 1): the new gradient counts more in u than in m.
BOOST_AUTO_TEST_CASE(matches_three_steps_worked_by_hand) {
  ByHand one("lion", {{"beta1", "0.5"}, {"beta2", "0.75"}}, {0, 0});
  BOOST_TEST(one.step({4, -1}, 0.5f) == (std::vector<float>{1, -1}), boost::test_tools::per_element());
  BOOST_TEST(one.step({-0.5f, 0.25f}, 0.5f) == (std::vector<float>{1, 0}), boost::test_tools::per_element());
  BOOST_TEST(one.step({-2, 0.5f}, 0.5f) == (std::vector<float>{-1, 1}), boost::test_tools::per_element());
  BOOST_TEST(one.w == (std::vector<float>{-0.5f, 0}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
