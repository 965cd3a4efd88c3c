// adam: two steps worked by hand.
#include <boost/test/unit_test.hpp>

#include "support/by_hand.hpp"

using namespace support;
using namespace pipeline;

BOOST_AUTO_TEST_SUITE(adam)

// beta1 = .5, beta2 = .75, epsilon = .25. Step 1, g = (4, -2): m = (2, -1), m' = m / .5 = (4, -2); v = (4, 1),
// v' = v / .25 = (16, 4); d = (4 / 4.25, -2 / 2.25) = (.941176, -.888889).
// Step 2, g = (0, 2): m = (1, .5), m' = m / .75 = (1.333333, .666667); v = (3, 1.75), v' = v / .4375 = (6.857143, 4);
// d = (1.333333 / (2.618615 + .25), .666667 / 2.25) = (.464800, .296296).
BOOST_AUTO_TEST_CASE(matches_two_steps_worked_by_hand) {
  ByHand one("adam", {{"beta1", "0.5"}, {"beta2", "0.75"}, {"epsilon", "0.25"}}, {0, 0});
  check_near(one.step({4, -2}, 1), {4 / 4.25, -2 / 2.25});
  const double root = std::sqrt(3 / .4375);
  check_near(one.step({0, 2}, 1), {4. / 3 / (root + .25), 2. / 3 / 2.25});
  check_near(one.w, {-4 / 4.25 - 4. / 3 / (root + .25), 2 / 2.25 - 2. / 3 / 2.25});
}

BOOST_AUTO_TEST_CASE(the_first_step_is_the_sign_of_the_gradient) {
  ByHand one("adam", {}, {0, 0, 0});
  check_near(one.step({3, -0.001f, 0}, 0.001f), {1, -1 / (1 + 1e-5), 0});
}

BOOST_AUTO_TEST_SUITE_END()
