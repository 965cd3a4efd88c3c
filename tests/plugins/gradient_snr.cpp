// Gradient SNR: a weight worked by hand, the bias as one more weight, and weights that are left out.
#include <boost/test/unit_test.hpp>

#include "support/measured.hpp"

using namespace support;
using boost::test_tools::tolerance;

namespace {
// Equal logits: the gradient by the first is -1/2 for class 0 and 1/2 for class 1; by the second, the reverse.
double snr(const arma::fmat& x, const std::vector<std::uint16_t>& labels, bool biased = false) {
  pipeline::Network network = network_of({arma::fmat(2, x.n_rows, arma::fill::zeros)});
  if (biased) network.layer(1).b.zeros(2);
  return value_of(measured(metric("gradient_snr"), network, samples_of(x, labels)), "gradient_snr", 1);
}
constexpr double rounding = 1e-14;  // halves and small whole numbers, in double
}  // namespace

BOOST_AUTO_TEST_SUITE(gradient_snr)

BOOST_AUTO_TEST_CASE(matches_four_samples_worked_by_hand) {
  // -1/2 three times and 1/2: mean -1/4, variance 1/4 - 1/16, ratio 1/3.
  BOOST_TEST(snr({{1, 1, 1, 1}}, {0, 0, 0, 1}) == 1. / 3, tolerance(rounding));
  BOOST_TEST(snr({{8, 8, 8, 8}}, {0, 0, 0, 1}) == 1. / 3, tolerance(rounding));  // independent of scale
}

BOOST_AUTO_TEST_CASE(a_bias_counts_as_one_more_weight) {
  // The weight: -1/2 -1/2 0 0, mean -1/4, variance 1/8 - 1/16, ratio 1. The bias as in the first test: 1/3.
  BOOST_TEST(snr({{1, 1, 0, 0}}, {0, 0, 0, 1}) == 1, tolerance(rounding));
  BOOST_TEST(snr({{1, 1, 0, 0}}, {0, 0, 0, 1}, true) == 2. / 3, tolerance(rounding));
}

BOOST_AUTO_TEST_CASE(weights_without_a_ratio_are_left_out) {
  BOOST_TEST(snr({{1, 1, 1, 1}, {0, 0, 0, 0}}, {0, 0, 0, 1}) == 1. / 3, tolerance(rounding));
  BOOST_TEST(std::isnan(snr({{1, 1, 1}}, {0, 0, 0})));  // identical gradients have no variance
  BOOST_TEST(std::isnan(snr({{.1f, .1f, .1f}}, {1, 1, 1})));
  BOOST_TEST(std::isnan(snr(arma::fvec{1}, {0})));
  BOOST_TEST(snr({{1, 1}}, {0, 1}) == 0);  // the gradients cancel: mean 0
}

BOOST_AUTO_TEST_CASE(all_blocks_are_included) {
  std::vector<std::uint16_t> labels(1200, 0);  // sorted, so that all gradients of a block are identical
  std::fill(labels.begin() + 900, labels.end(), std::uint16_t{1});
  BOOST_TEST(snr(arma::fmat(1, 1200, arma::fill::ones), labels) == 1. / 3, tolerance(rounding));
}

// p - 1 in float32 has no digits left at these logits.
BOOST_AUTO_TEST_CASE(keeps_its_digits_where_the_network_is_nearly_certain) {
  // The gradient of a sample by the weight of class 0 is -x q / (1 + q), by that of class 1 x q / (1 + q), with
  // q = exp(-x): the logit is x itself.
  const std::vector<double> z = {14, 15, 16};
  const pipeline::Network network = network_of({arma::fvec{1, 0}});
  double sum = 0, squares = 0;
  for (const double at : z) {
    const double g = -at * std::exp(-at) / (1 + std::exp(-at));
    sum += g, squares += g * g;
  }
  const double mean = sum / 3, expected = mean * mean / (squares / 3 - mean * mean);
  const auto m = measured(metric("gradient_snr"), network, samples_of(arma::frowvec{14, 15, 16}, {0, 0, 0}));
  BOOST_TEST(value_of(m, "gradient_snr", 1) == expected, tolerance(1e-6));  // gradients are stored in float32
}

BOOST_AUTO_TEST_SUITE_END()
