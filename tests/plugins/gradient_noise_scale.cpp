// Gradient noise scale: eight samples by hand, and the edge at which they show no gradient.
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

BOOST_AUTO_TEST_CASE(eight_samples_by_hand) {
  // |g|^2 = 1/2 for each, G = (-3/8, 3/8), |G|^2 = 9/32: tr S = (4 - 9/4) / 7 = 1/4, |G|^2 - tr S / 8 = 1/4.
  BOOST_TEST(scale(arma::fmat(1, 8, arma::fill::ones), seven_to_one) == 1, tolerance(rounding));
}

BOOST_AUTO_TEST_CASE(biases_count) {
  BOOST_TEST(scale(arma::fmat(1, 8, arma::fill::zeros), seven_to_one, true) == 1, tolerance(rounding));
  BOOST_TEST(std::isnan(scale(arma::fmat(1, 8, arma::fill::zeros), seven_to_one)));  // no gradient at all
}

BOOST_AUTO_TEST_CASE(no_noise_is_0) { BOOST_TEST(scale({{1, 1, 1}}, {0, 0, 0}) == 0); }

BOOST_AUTO_TEST_CASE(where_samples_show_no_gradient) {
  // Three to one: |G|^2 = 1/8, tr S = (2 - 1/2) / 3 = 1/2, and nothing is left.
  BOOST_TEST(std::isnan(scale({{1, 1, 1, 1}}, {0, 0, 0, 1})));
  BOOST_TEST(std::isnan(scale({{1, 1}}, {0, 1})));  // less than nothing
  BOOST_TEST(std::isnan(scale(arma::fvec{1}, {0})));
}

BOOST_AUTO_TEST_CASE(all_blocks_count) {
  std::vector<std::uint16_t> labels(1200, 0);
  std::fill(labels.begin() + 1050, labels.end(), std::uint16_t{1});
  // Seven to one again: |G|^2 = 9/32, tr S = (600 - 1200 * 9/32) / 1199.
  const double GG = 9. / 32, tr_S = 1200 * (.5 - GG) / 1199;
  BOOST_TEST(scale(arma::fmat(1, 1200, arma::fill::ones), labels) == tr_S / (GG - tr_S / 1200), tolerance(1e-12));
}

BOOST_AUTO_TEST_SUITE_END()
