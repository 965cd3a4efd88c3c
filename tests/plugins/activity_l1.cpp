// Activity L1: value and gradient against values worked by hand (no gradient where a unit is 0), and independence of
// the batch size.
#include <boost/test/unit_test.hpp>

#include "support/small_model.hpp"

using namespace support;
using namespace pipeline;

BOOST_AUTO_TEST_SUITE(activity_l1)

BOOST_AUTO_TEST_CASE(matches_two_units_and_two_samples_worked_by_hand) {
  const learning::Entry e = plugin("activity_l1", {{"lambda", "0.5"}});
  const arma::fmat h = {{3, 0}, {1, 4}};
  BOOST_TEST(e.activation_penalty->value({1, h, no_targets}, first_step) == 2);  // .5 / 2 * (3 + 0 + 1 + 4)
  arma::fmat g(2, 2, arma::fill::ones);
  e.activation_penalty->add_gradient({1, h, no_targets}, g, first_step);
  BOOST_TEST(same_bits(g, arma::fmat{{1.25f, 1}, {1.25f, 1.25f}}));
}

BOOST_AUTO_TEST_CASE(a_batch_twice_as_large_has_the_same_penalty) {
  const learning::Entry e = plugin("activity_l1", {{"lambda", "0.5"}});
  const arma::fmat h = {{3, 0}, {1, 4}};
  BOOST_TEST(e.activation_penalty->value({1, arma::join_rows(h, h), no_targets}, first_step) ==
             e.activation_penalty->value({1, h, no_targets}, first_step));
}

BOOST_AUTO_TEST_CASE(penalises_hidden_layers_and_not_the_logits) {
  const learning::Entry e = plugin("activity_l1");
  for (std::size_t layer = 1; layer <= 3; ++layer) BOOST_TEST(e.penalises_activations(layer, 3) == (layer < 3));
}

BOOST_AUTO_TEST_SUITE_END()
