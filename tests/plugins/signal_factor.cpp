// F: an example worked by hand and its limiting cases.
#include <boost/test/unit_test.hpp>

#include "three_samples.hpp"

using namespace support;
using namespace three_samples;
using boost::test_tools::tolerance;

BOOST_AUTO_TEST_SUITE(signal_factor)

BOOST_AUTO_TEST_CASE(matches_three_samples_worked_by_hand) {
  const auto m = measured(metric("signal_factor"), network, samples);
  const arma::vec F = sheet_of(m, "1");
  BOOST_TEST(F[0] == 1, tolerance(rounding));  // the only weight is on the largest |c|
  BOOST_TEST(F[1] == (c21 + c22) / (-c21 * std::sqrt(2.0)), tolerance(rounding));
  BOOST_TEST(F[1] == -.17667, tolerance(1e-3));  // from a calculator; max c, not max |c|, would give -.2355
  BOOST_TEST(std::isnan(F[2]));                  // no weights
  BOOST_TEST(std::isnan(F[3]));                  // no signal
  BOOST_TEST(value_of(m, "signal_factor", 1) == (F[0] + F[1]) / 2, tolerance(rounding));
}

BOOST_AUTO_TEST_CASE(a_faint_signal_is_not_damped_by_an_epsilon) {
  // A weight on the only input with signal yields exactly 1, however faint the signal.
  const pipeline::Samples faint = samples_of(arma::fmat{{1e-6f, 0, 0}});
  BOOST_TEST(value_of(measured(metric("signal_factor"), network_of({arma::fmat(1, 1, arma::fill::value(2))}), faint),
                      "signal_factor", 1) == 1,
             tolerance(rounding));
}

BOOST_AUTO_TEST_CASE(a_layer_without_signal_yields_nan) {
  const auto m = measured(metric("signal_factor"), network_of({arma::fmat{{0, 0, 1}}}), samples);
  BOOST_TEST_REQUIRE(m.rows.size() == 1u);
  BOOST_TEST(std::isnan(m.rows[0].value));
}

BOOST_AUTO_TEST_CASE(a_node_that_receives_nothing_that_changes_is_undefined) {
  const pipeline::Samples many = with_constants();
  const auto m = measured(metric("signal_factor"), network_of({arma::fmat{{0, -3, 7, .3f}, {2, -3, 7, .3f}}}), many);
  const arma::vec F = sheet_of(m, "1");
  BOOST_TEST(std::isnan(F[0]));
  // The only signal is that of the first input: 2 / |w|.
  BOOST_TEST(F[1] == 2 / std::sqrt(4 + 9 + 49 + .3f * double{.3f}), tolerance(1e-9));
}

BOOST_AUTO_TEST_SUITE_END()
