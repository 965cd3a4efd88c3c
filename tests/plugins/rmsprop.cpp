// rmsprop: two steps worked by hand.
#include <boost/test/unit_test.hpp>

#include "support/by_hand.hpp"

using namespace support;
using namespace pipeline;

BOOST_AUTO_TEST_SUITE(rmsprop)

// alpha = .75, epsilon = .5. Step 1, g = (4, -2): v = .25 g^2 = (4, 1); d = (4 / 2.5, -2 / 1.5).
// Step 2, g = (0, 2): v = .75 * (4, 1) + .25 * (0, 4) = (3, 1.75); d = (0, 2 / (sqrt(1.75) + .5)).
BOOST_AUTO_TEST_CASE(matches_two_steps_worked_by_hand) {
  ByHand one("rmsprop", {{"alpha", "0.75"}, {"epsilon", "0.5"}}, {0, 0});
  check_near(one.step({4, -2}, 1), {1.6, -2 / 1.5});
  check_near(one.step({0, 2}, 1), {0, 2 / (std::sqrt(1.75) + .5)});
  check_near(one.w, {-1.6, 2 / 1.5 - 2 / (std::sqrt(1.75) + .5)});
}

BOOST_AUTO_TEST_SUITE_END()
