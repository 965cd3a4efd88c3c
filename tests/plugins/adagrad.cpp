// adagrad: two steps worked by hand.
#include <boost/test/unit_test.hpp>

#include "support/by_hand.hpp"

using namespace support;
using namespace pipeline;

BOOST_AUTO_TEST_SUITE(adagrad)

// Step 1: s = g^2, so d = sign(g). Step 2, g = (4, 0): s = (9 + 16, 4) = (25, 4); d = (4 / 5, 0).
BOOST_AUTO_TEST_CASE(matches_two_steps_worked_by_hand) {
  ByHand one("adagrad", {}, {1, 1});
  check_near(one.step({3, -2}, 0.5f), {1, -1});
  check_near(one.step({4, 0}, 0.5f), {.8, 0});
  check_near(one.w, {.1, 1.5});
}

// sqrt(s) + epsilon = 3 + 1.
BOOST_AUTO_TEST_CASE(epsilon_is_outside_the_root) {
  ByHand one("adagrad", {{"epsilon", "1"}}, {0});
  check_near(one.step({3}, 1), {.75});
}

BOOST_AUTO_TEST_SUITE_END()
