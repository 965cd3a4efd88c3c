// Gaussian dropout: factors of mean 1 and the stated variance, the same ones for forward and backward.
#include <boost/test/unit_test.hpp>

#include "support/small_model.hpp"

using namespace support;
using namespace pipeline;

BOOST_AUTO_TEST_SUITE(gaussian_dropout)

BOOST_AUTO_TEST_CASE(the_factor_is_1_plus_sd_times_a_standard_normal_draw) {
  const learning::Entry e = plugin("gaussian_dropout", {{"keep_prob", "0.8"}});  // sd = sqrt(.2 / .8) = 1/2
  const Step step = e.step(3, 0.1f);
  arma::fmat h = {{4, 0}, {-2, 8}};
  const arma::fmat before = h;
  e.activation->forward({2, h}, step);
  for (arma::uword i = 0; i < 4; ++i) {
    const double n = step.random.in_layer(2).normal(i);
    // keep_prob and the factor are rounded to float32, 6e-8 each, and the factor is at most 3 here.
    BOOST_TEST(std::abs(h[i] - before[i] * (1 + n / 2)) <= 1e-6 * std::abs(before[i]));
  }
}

BOOST_AUTO_TEST_CASE(factors_have_the_stated_mean_and_variance_and_backward_uses_the_same_ones) {
  for (const char* keep : {"0.5", "0.9"}) {
    const learning::Entry e = plugin("gaussian_dropout", {{"keep_prob", keep}});
    const Step step = e.step(7, 0.1f);
    arma::fmat factors(100, 1000, arma::fill::ones), back(100, 1000, arma::fill::ones);
    e.activation->forward({1, factors}, step);
    e.activation->backward({1, back}, step);
    BOOST_TEST(same_bits(factors, back));
    const double variance = (1 - std::stod(keep)) / std::stod(keep), n = double(factors.n_elem);
    double mean = 0, square = 0;
    for (const float f : factors) mean += f / n, square += (f - 1.) * (f - 1.) / n;
    BOOST_TEST(std::abs(mean - 1) < 5 * std::sqrt(variance / n));               // 5 sd of the mean
    BOOST_TEST(std::abs(square - variance) < 5 * variance * std::sqrt(2 / n));  // 5 sd of a normal's variance
  }
}

BOOST_AUTO_TEST_CASE(measuring_changes_nothing) {
  const learning::Entry e = plugin("gaussian_dropout");
  arma::fmat h(5, 7, arma::fill::ones);
  e.activation->measure({1, h});
  BOOST_TEST(same_bits(h, arma::fmat(5, 7, arma::fill::ones)));
}

BOOST_AUTO_TEST_SUITE_END()
