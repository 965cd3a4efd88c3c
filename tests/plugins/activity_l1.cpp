// Activity L1: value and gradient by hand; a unit at rest has no gradient; another batch size, the same mean.
#include <boost/test/unit_test.hpp>

#include "support/small_model.hpp"

using namespace support;
using namespace pipeline;

BOOST_AUTO_TEST_SUITE(activity_l1)

BOOST_AUTO_TEST_CASE(two_units_and_two_images_by_hand) {
  const learning::Entry e = plugin("activity_l1", {{"lambda", "0.5"}});
  const arma::fmat h = {{3, 0}, {1, 4}};
  BOOST_TEST(e.activation_penalty->value(h, 1) == 2);  // .5 / 2 * (3 + 0 + 1 + 4)
  arma::fmat g(2, 2, arma::fill::ones);
  e.activation_penalty->add_gradient(h, g, 1);
  BOOST_TEST(same_bits(g, arma::fmat{{1.25f, 1}, {1.25f, 1.25f}}));
}

BOOST_AUTO_TEST_CASE(a_batch_twice_as_long_costs_the_same) {
  const learning::Entry e = plugin("activity_l1", {{"lambda", "0.5"}});
  const arma::fmat h = {{3, 0}, {1, 4}};
  BOOST_TEST(e.activation_penalty->value(arma::join_rows(h, h), 1) == e.activation_penalty->value(h, 1));
}

BOOST_AUTO_TEST_CASE(looks_at_hidden_layers_and_not_at_the_logits) {
  const learning::Entry e = plugin("activity_l1");
  for (std::size_t layer = 1; layer <= 3; ++layer) BOOST_TEST(e.penalises_activations(layer, 3) == (layer < 3));
}

BOOST_AUTO_TEST_SUITE_END()
