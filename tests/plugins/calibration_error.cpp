// Calibration error: confidences of 3/4 and 1/2 worked by hand, errors that cancel within a bin and do not across bins,
// and the upper end of a bin.
#include <boost/test/unit_test.hpp>

#include "support/measured.hpp"

using namespace support;
using boost::test_tools::tolerance;

namespace {
const pipeline::Network identity = network_of({arma::fmat{{1, 0}, {0, 1}}});
const float ln3 = std::log(3.0f);
double error(const pipeline::Samples& samples, const char* bins = "15") {
  return value_of(measured(metric("calibration_error", {{"bins", bins}}), identity, samples), "calibration_error");
}
// Confidence 3/4 twice, both right; confidence 1/2 (class 0) twice, both wrong.
const pipeline::Samples samples = samples_of({{ln3, 0, 2, 5}, {0, ln3, 2, 5}}, {0, 1, 1, 1});
constexpr double float32 = 3e-7;  // ln 3 is a float32 number
}  // namespace

BOOST_AUTO_TEST_SUITE(calibration_error)

BOOST_AUTO_TEST_CASE(matches_four_samples_worked_by_hand) {
  BOOST_TEST(error(samples) == (.25 + .5) / 2, tolerance(float32));
  // One bin: accuracy 1/2, confidence 5/8.
  BOOST_TEST(error(samples, "1") == .125, tolerance(float32));
  // Two bins: 1/2 is the upper end of the first bin and belongs to it, so the errors do not cancel.
  BOOST_TEST(error(samples, "2") == (.25 + .5) / 2, tolerance(float32));
}

BOOST_AUTO_TEST_CASE(a_calibrated_model_has_error_0) {
  BOOST_TEST(error(samples_of({{ln3, ln3, ln3, ln3}, {0, 0, 0, 0}}, {0, 0, 0, 1})) < float32);
}

BOOST_AUTO_TEST_CASE(full_confidence_has_error_0_if_right_and_1_if_wrong) {
  BOOST_TEST(error(samples_of(arma::fvec{1000, 0}, {0})) == 0);
  BOOST_TEST(error(samples_of(arma::fvec{1000, 0}, {1})) == 1);
}

BOOST_AUTO_TEST_SUITE_END()
