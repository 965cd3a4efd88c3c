// Confidence penalty: value and gradient against values worked by hand, no and full confidence, and the layer covered.
#include <boost/test/unit_test.hpp>

#include "support/small_model.hpp"

using namespace support;
using namespace pipeline;

BOOST_AUTO_TEST_SUITE(confidence_penalty)

BOOST_AUTO_TEST_CASE(matches_two_samples_worked_by_hand) {
  const learning::Entry e = plugin("confidence_penalty", {{"beta", "0.5"}});
  const arma::fmat z = {{std::log(3.f), 7}, {0, 7}};  // p = (3/4, 1/4) and (1/2, 1/2)
  const double entropy = .75 * std::log(4. / 3) + .25 * std::log(4.);
  // log 3 is rounded to float32: 1e-7 of a number near 1.
  BOOST_TEST(std::abs(e.activation_penalty->value({2, z, no_targets}, first_step) + .25 * (entropy + std::log(2.))) <
             1e-7);
  arma::fmat g(2, 2, arma::fill::ones);
  e.activation_penalty->add_gradient({2, z, no_targets}, g, first_step);
  const double slope = .25 * .75 * (std::log(.75) + entropy);  // beta / batch * p * (log p + H)
  BOOST_TEST(std::abs(g(0, 0) - (1 + slope)) < 2e-7);          // a float32 near 1
  BOOST_TEST(std::abs(g(1, 0) - (1 - slope)) < 2e-7);          // the two add up to 0
  BOOST_TEST((g(0, 1) == 1 && g(1, 1) == 1));                  // equal logits have the largest entropy: no gradient
}

BOOST_AUTO_TEST_CASE(full_confidence_has_no_penalty_and_no_gradient) {
  const learning::Entry e = plugin("confidence_penalty");
  const arma::fmat z = arma::fvec{1e4f, 0, -1e30f};
  BOOST_TEST(e.activation_penalty->value({1, z, no_targets}, first_step) == 0);
  arma::fmat g(3, 1, arma::fill::zeros);
  e.activation_penalty->add_gradient({1, z, no_targets}, g, first_step);
  BOOST_TEST(arma::abs(g).max() == 0);
}

BOOST_AUTO_TEST_CASE(the_penalty_is_lowest_for_equal_logits) {
  const learning::Entry e = plugin("confidence_penalty", {{"beta", "2"}});
  BOOST_TEST(std::abs(e.activation_penalty->value({1, arma::fmat(10, 3, arma::fill::ones), no_targets}, first_step) +
                      2 * std::log(10.)) < 1e-12);
}

BOOST_AUTO_TEST_CASE(penalises_the_logits_only) {
  const learning::Entry e = plugin("confidence_penalty");
  for (std::size_t layer = 1; layer <= 3; ++layer) BOOST_TEST(e.penalises_activations(layer, 3) == (layer == 3));
}

BOOST_AUTO_TEST_SUITE_END()
