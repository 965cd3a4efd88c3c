// Weight norm: two layers worked by hand, without biases.
#include <boost/test/unit_test.hpp>

#include "support/measured.hpp"

using namespace support;

BOOST_AUTO_TEST_SUITE(weight_norm)

BOOST_AUTO_TEST_CASE(matches_two_layers_worked_by_hand) {
  pipeline::Network network = network_of({arma::fmat{{3, 0}, {0, -4}}, arma::fmat{{0, 0}}});
  network.layer(1).b = {100, 100};
  const auto m = measured(metric("weight_norm"), network, samples_of(arma::fvec{1, 1}));
  BOOST_TEST(value_of(m, "weight_norm", 1) == 5);
  BOOST_TEST(value_of(m, "weight_norm", 2) == 0);
}

BOOST_AUTO_TEST_CASE(squares_that_overflow_float32_are_summed) {
  const auto m =
      measured(metric("weight_norm"), network_of({arma::fmat{{3e30f, 4e30f}}}), samples_of(arma::fvec{0, 0}));
  BOOST_TEST(value_of(m, "weight_norm", 1) == 5e30, boost::test_tools::tolerance(1e-7));  // the weights are float32
}

BOOST_AUTO_TEST_SUITE_END()
