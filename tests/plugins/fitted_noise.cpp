// Fitted noise: counts only marked samples, compares with the corrupted label, and is NaN if no sample is marked.
#include <boost/test/unit_test.hpp>

#include "support/measured.hpp"

using namespace support;

namespace {
const pipeline::Network identity = network_of({arma::fmat{{1, 0}, {0, 1}}});
//                                 predicted:  0  0  1  1  1
const pipeline::Samples unmarked = samples_of({{1, 1, 0, 0, 0}, {0, 0, 1, 1, 1}}, {0, 1, 1, 0, 1});
double fitted(std::vector<std::uint8_t> marked) {
  pipeline::Samples samples = unmarked;
  samples.marked = std::move(marked);
  return value_of(measured(metric("fitted_noise"), identity, samples), "fitted_noise");
}
}  // namespace

BOOST_AUTO_TEST_SUITE(fitted_noise)

BOOST_AUTO_TEST_CASE(matches_five_samples_worked_by_hand) {
  BOOST_TEST(fitted({0, 1, 1, 1, 0}) ==
             1. / 3);  // of the three marked samples, only the second fits its corrupted label
  BOOST_TEST(fitted({1, 0, 1, 0, 1}) == 1);
  BOOST_TEST(fitted({0, 1, 0, 1, 0}) == 0);
}

BOOST_AUTO_TEST_CASE(yields_nan_if_no_sample_is_marked) {
  BOOST_TEST(std::isnan(fitted({})));
  BOOST_TEST(std::isnan(fitted({0, 0, 0, 0, 0})));
}

BOOST_AUTO_TEST_CASE(is_measured_on_the_training_set_by_default) {
  BOOST_TEST(metric("fitted_noise").config.info.on == "train");
}

BOOST_AUTO_TEST_SUITE_END()
