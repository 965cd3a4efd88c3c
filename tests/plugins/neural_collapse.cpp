// NC1: one dimension worked by hand, dimensions in which classes do not differ, unequal classes, and limiting cases.
#include <boost/test/unit_test.hpp>

#include "support/measured.hpp"

using namespace support;
using boost::test_tools::tolerance;

namespace {
double nc1(const arma::fmat& h, const std::vector<std::uint16_t>& labels, std::size_t classes = 2) {
  const pipeline::Network network = network_of({arma::fmat(classes, h.n_rows, arma::fill::ones)});
  return value_of(measured(metric("neural_collapse"), network, samples_of(h, labels)), "neural_collapse");
}
constexpr double rounding = 1e-13;  // small whole numbers in double, and LAPACK
}  // namespace

BOOST_AUTO_TEST_SUITE(neural_collapse)

BOOST_AUTO_TEST_CASE(matches_four_samples_worked_by_hand) {
  // Class means 1 and 5, both 2 from the mean 3: S_W = 1, S_B = 4, K = 2.
  BOOST_TEST(nc1({{0, 2, 4, 6}}, {0, 0, 1, 1}) == 1. / 8, tolerance(rounding));
}

BOOST_AUTO_TEST_CASE(dimensions_in_which_classes_do_not_differ_are_ignored) {
  BOOST_TEST(nc1({{0, 2, 4, 6}, {7, 90, 7, 90}}, {0, 0, 1, 1}) == 1. / 8, tolerance(rounding));
  // Both dimensions are equal: S_B has rank 1, along (1, 1); in that direction S_W is 2 and S_B 8.
  BOOST_TEST(nc1({{0, 2, 4, 6}, {0, 2, 4, 6}}, {0, 0, 1, 1}) == 1. / 8, tolerance(rounding));
}

BOOST_AUTO_TEST_CASE(handles_classes_of_unequal_size_and_an_empty_class) {
  // Means 1 and 6 about 8/3: S_B = (25/9 + 100/9) / 2 = 125/18; S_W = 2/3.
  BOOST_TEST(nc1({{0, 2, 6}}, {0, 0, 2}, 3) == 2. / 3 / (125. / 18) / 2, tolerance(rounding));
}

BOOST_AUTO_TEST_CASE(blocks_combine_to_one_covariance) {
  const arma::fmat h = arma::repmat(arma::fmat{{0, 2, 4, 6}}, 1, 400);
  std::vector<std::uint16_t> labels;
  for (std::size_t n = 0; n < 1600; ++n) labels.push_back(n % 4 / 2);
  BOOST_TEST(nc1(h, labels) == 1. / 8, tolerance(rounding));
}

BOOST_AUTO_TEST_CASE(is_measured_on_the_last_hidden_layer) {
  // The hidden layer drops the first input, in which the classes differ more.
  const pipeline::Network network = network_of({arma::fmat{{0, 1}}, arma::fvec{1, 1}});
  const pipeline::Samples samples = samples_of({{0, 0, 90, 90}, {0, 2, 4, 6}}, {0, 0, 1, 1});
  BOOST_TEST(value_of(measured(metric("neural_collapse"), network, samples), "neural_collapse") == 1. / 8,
             tolerance(rounding));
}

BOOST_AUTO_TEST_CASE(full_collapse_is_0_and_classes_that_do_not_differ_yield_nan) {
  BOOST_TEST(nc1({{0, 0, 4, 4}}, {0, 0, 1, 1}) == 0);         // full collapse
  BOOST_TEST(std::isnan(nc1({{0, 4, 0, 4}}, {0, 0, 1, 1})));  // classes do not differ
  BOOST_TEST(std::isnan(nc1({{.1f, .7f, .3f}}, {0, 0, 0})));  // a single class
  BOOST_TEST(std::isnan(nc1({{0, 0, 0}, {0, 0, 0}}, {0, 1, 1})));
}

BOOST_AUTO_TEST_SUITE_END()
