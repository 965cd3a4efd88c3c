// Activation rate of units and layers against values counted by hand.
#include <boost/test/unit_test.hpp>

#include "hidden_units.hpp"

using namespace support;

BOOST_AUTO_TEST_SUITE(activation_rate)

BOOST_AUTO_TEST_CASE(matches_four_samples_worked_by_hand) {
  const auto m = measured(metric("activation_rate"), hidden_units::network, hidden_units::samples);
  const arma::vec rates = sheet_of(m, "1");
  BOOST_TEST((rates[0] == .75 && rates[1] == .25 && rates[2] == 0));
  BOOST_TEST(value_of(m, "activation_rate", 1) == 1. / 3, boost::test_tools::tolerance(1e-15));
  BOOST_TEST(value_of(m, "activation_rate", 2) == 1);
  BOOST_TEST(m.rows.size() == 2u);  // hidden layers only
}

BOOST_AUTO_TEST_SUITE_END()
