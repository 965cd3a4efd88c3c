// Participation ratio: covariances worked by hand, and layers that do not vary.
#include <boost/test/unit_test.hpp>

#include "support/measured.hpp"

using namespace support;
using boost::test_tools::tolerance;

namespace {
double ratio(const arma::fmat& h) {
  const arma::fmat identity(h.n_rows, h.n_rows, arma::fill::eye);
  return value_of(measured(metric("participation_ratio"), network_of({identity, identity}), samples_of(h)),
                  "participation_ratio", 1);
}
}  // namespace

BOOST_AUTO_TEST_SUITE(participation_ratio)

BOOST_AUTO_TEST_CASE(matches_two_units_worked_by_hand) {
  BOOST_TEST(ratio({{0, 2, 0, 2}, {0, 0, 2, 2}}) == 2);                           // C = [1 0; 0 1]
  BOOST_TEST(ratio({{0, 2, 0, 2}, {0, 0, 4, 4}}) == 25. / 17, tolerance(1e-15));  // C = [1 0; 0 4]
  BOOST_TEST(ratio({{0, 2, 0, 2}, {1, 5, 1, 5}}) == 1, tolerance(1e-15));         // one unit is a function of the other
  BOOST_TEST(ratio({{0, 2, 0, 2}, {7, 7, 7, 7}}) == 1);                           // one unit is constant
}

BOOST_AUTO_TEST_CASE(blocks_with_different_means_combine_to_one_covariance) {
  const arma::fmat many = arma::repmat(arma::fmat{{0, 0, 2, 2}, {0, 4, 0, 4}}, 1, 300);
  const arma::fmat sorted =
      arma::join_rows(many.cols(arma::find(many.row(0) == 0)), many.cols(arma::find(many.row(0) > 0)));
  BOOST_TEST(ratio(sorted) == 25. / 17, tolerance(1e-6));  // blocks are centred in float32
}

BOOST_AUTO_TEST_CASE(a_layer_that_does_not_vary_yields_nan) {
  BOOST_TEST(std::isnan(ratio({{3, 3, 3}, {0, 0, 0}})));
  arma::fmat constant(2, 1201);  // three blocks, and numbers whose sums are rounded
  constant.row(0).fill(.1f), constant.row(1).fill(.7f);
  BOOST_TEST(std::isnan(ratio(constant)));
  constant(0, 77) = .1001f;  // a small variation is detected, with the precision of float32 products of 1200 samples
  BOOST_TEST(ratio(constant) == 1, tolerance(1e-3));
}

BOOST_AUTO_TEST_CASE(a_large_unit_that_does_not_vary_does_not_count) {
  arma::fmat h(2, 1201);
  for (arma::uword n = 0; n < h.n_cols; ++n) h(0, n) = static_cast<float>(n % 7) / 10;
  h.row(1).fill(1e7f);
  BOOST_TEST(ratio(h) == 1, tolerance(1e-12));
}

BOOST_AUTO_TEST_SUITE_END()
