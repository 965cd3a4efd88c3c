// Sparsity of each hidden layer against counts worked by hand.
#include <boost/test/unit_test.hpp>

#include "hidden_units.hpp"

using namespace support;
using boost::test_tools::tolerance;

BOOST_AUTO_TEST_SUITE(sparsity)

BOOST_AUTO_TEST_CASE(matches_four_samples_worked_by_hand) {
  const auto m = measured(metric("sparsity"), hidden_units::network, hidden_units::samples);
  BOOST_TEST(m.rows.size() == 2u);
  BOOST_TEST(value_of(m, "sparsity", 1) == 8. / 12, tolerance(1e-15));  // one division in double
  BOOST_TEST(value_of(m, "sparsity", 2) == 0);
}

BOOST_AUTO_TEST_CASE(the_mean_weights_samples_and_not_blocks_equally) {
  arma::fmat x(2, 600, arma::fill::zeros);  // blocks of 500 and 100: only unit 1 is active, and only in the second
  x.row(0).tail(100).fill(1);
  BOOST_TEST(
      value_of(measured(metric("sparsity"), hidden_units::network, samples_of(x)), "sparsity", 1) == 1700. / 1800,
      tolerance(1e-15));
}

BOOST_AUTO_TEST_SUITE_END()
