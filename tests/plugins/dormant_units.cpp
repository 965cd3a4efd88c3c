// Dormant units: scores and thresholds worked by hand, and a layer in which every unit is silent.
#include <boost/test/unit_test.hpp>

#include "hidden_units.hpp"

using namespace support;
using boost::test_tools::tolerance;

namespace {
double dormant(const char* tau, const pipeline::Network& network = hidden_units::network) {
  return value_of(measured(metric("dormant_units", {{"tau", tau}}), network, hidden_units::samples), "dormant_units",
                  1);
}
}  // namespace

BOOST_AUTO_TEST_SUITE(dormant_units)

BOOST_AUTO_TEST_CASE(matches_four_samples_worked_by_hand) {
  // Sums of the activations of layer 1: 6, 4 and 0; their mean is 10/3.
  const arma::vec scores =
      sheet_of(measured(metric("dormant_units"), hidden_units::network, hidden_units::samples), "1");
  BOOST_TEST(scores[0] == 1.8, tolerance(1e-15));
  BOOST_TEST(scores[1] == 1.2, tolerance(1e-15));
  BOOST_TEST(scores[2] == 0);
  BOOST_TEST(dormant("0") == 1. / 3);
  BOOST_TEST(dormant("1.1") == 1. / 3);
  BOOST_TEST(dormant("1.3") == 2. / 3);
  BOOST_TEST(dormant("2") == 1);
}

BOOST_AUTO_TEST_CASE(all_units_of_a_silent_layer_are_dormant) {
  const pipeline::Network silent = network_of({arma::fmat{{-1, -1}, {-1, 0}}, arma::fmat{{1, 1}, {1, 1}}});
  BOOST_TEST(dormant("0", silent) == 1);
}

BOOST_AUTO_TEST_SUITE_END()
