// Dead units of each hidden layer against counts worked by hand.
#include <boost/test/unit_test.hpp>

#include "hidden_units.hpp"

using namespace support;

BOOST_AUTO_TEST_SUITE(dead_units)

BOOST_AUTO_TEST_CASE(matches_four_samples_worked_by_hand) {
  const auto m = measured(metric("dead_units"), hidden_units::network, hidden_units::samples);
  BOOST_TEST(m.rows.size() == 2u);  // hidden layers only
  BOOST_TEST(value_of(m, "dead_units", 1) == 1);
  BOOST_TEST(value_of(m, "dead_units", 2) == 0);
}

BOOST_AUTO_TEST_CASE(a_unit_active_on_one_sample_of_a_later_block_is_not_dead) {
  arma::fmat x(2, 1100, arma::fill::zeros);
  x(0, 1099) = 1;
  BOOST_TEST(value_of(measured(metric("dead_units"), hidden_units::network, samples_of(x)), "dead_units", 1) == 2);
}

BOOST_AUTO_TEST_SUITE_END()
