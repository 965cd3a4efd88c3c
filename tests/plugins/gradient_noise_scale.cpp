// Gradient noise scale: eight samples worked by hand, and NaN where the mean gradient does not exceed the noise.
#include <boost/test/unit_test.hpp>

#include "support/measured.hpp"

using namespace support;
using boost::test_tools::tolerance;

namespace {
// Equal logits: g = (-1/2, 1/2) x for class 0 and (1/2, -1/2) x for class 1.
double scale(const arma::fmat& x, const std::vector<std::uint16_t>& labels, bool biased = false) {
  pipeline::Network network = network_of({arma::fmat(2, x.n_rows, arma::fill::zeros)});
  if (biased) network.layer(1).b.zeros(2);
  return value_of(measured(metric("gradient_noise_scale"), network, samples_of(x, labels)), "gradient_noise_scale");
}
const std::vector<std::uint16_t> seven_to_one = {0, 0, 0, 0, 0, 0, 0, 1};
constexpr double rounding = 1e-14;  // halves and small whole numbers, in double
}  // namespace

BOOST_AUTO_TEST_SUITE(gradient_noise_scale)

BOOST_AUTO_TEST_CASE(matches_eight_samples_worked_by_hand) {
  // |g|^2 = 1/2 for each, G = (-3/8, 3/8), |G|^2 = 9/32: tr S = (4 - 9/4) / 7 = 1/4, |G|^2 - tr S / 8 = 1/4.
  BOOST_TEST(scale(arma::fmat(1, 8, arma::fill::ones), seven_to_one) == 1, tolerance(rounding));
}

BOOST_AUTO_TEST_CASE(biases_are_included) {
  BOOST_TEST(scale(arma::fmat(1, 8, arma::fill::zeros), seven_to_one, true) == 1, tolerance(rounding));
  BOOST_TEST(std::isnan(scale(arma::fmat(1, 8, arma::fill::zeros), seven_to_one)));  // the gradient is zero
}

BOOST_AUTO_TEST_CASE(identical_gradients_have_scale_0) { BOOST_TEST(scale({{1, 1, 1}}, {0, 0, 0}) == 0); }

BOOST_AUTO_TEST_CASE(a_mean_gradient_within_the_noise_yields_nan) {
  // Three to one: |G|^2 = 1/8, tr S = (2 - 1/2) / 3 = 1/2, so |G|^2 - tr S / 4 = 0.
  BOOST_TEST(std::isnan(scale({{1, 1, 1, 1}}, {0, 0, 0, 1})));
  BOOST_TEST(std::isnan(scale({{1, 1}}, {0, 1})));  // |G|^2 - tr S / 2 < 0
  BOOST_TEST(std::isnan(scale(arma::fvec{1}, {0})));
}

BOOST_AUTO_TEST_CASE(all_blocks_are_included) {
  std::vector<std::uint16_t> labels(1200, 0);
  std::fill(labels.begin() + 1050, labels.end(), std::uint16_t{1});
  // Seven to one again: |G|^2 = 9/32, tr S = (600 - 1200 * 9/32) / 1199.
  const double GG = 9. / 32, tr_S = 1200 * (.5 - GG) / 1199;
  BOOST_TEST(scale(arma::fmat(1, 1200, arma::fill::ones), labels) == tr_S / (GG - tr_S / 1200), tolerance(1e-12));
}

BOOST_AUTO_TEST_SUITE_END()
