// Path norm: four paths by hand; a unit's scale can be moved from its inputs to its outputs.
#include <boost/test/unit_test.hpp>

#include "support/measured.hpp"

using namespace support;

namespace {
double path_norm_of(std::vector<arma::fmat> weights) {
  const pipeline::Samples samples = samples_of(arma::fmat(weights[0].n_cols, 1, arma::fill::ones));
  return value_of(measured(metric("path_norm"), network_of(std::move(weights)), samples), "path_norm");
}
}  // namespace

BOOST_AUTO_TEST_SUITE(path_norm)

BOOST_AUTO_TEST_CASE(four_paths_by_hand) {
  // The products along the paths: 1 5, -2 5, 3 6 and 4 6; their squares 25, 100, 324 and 576.
  BOOST_TEST(path_norm_of({{{1, -2}, {3, 4}}, {{5, 6}}}) == std::sqrt(1025.), boost::test_tools::tolerance(1e-15));
}

BOOST_AUTO_TEST_CASE(one_layer_is_its_length) { BOOST_TEST(path_norm_of({{{3, 0}, {0, -4}}}) == 5); }

BOOST_AUTO_TEST_CASE(stays_where_a_units_scale_moves) {
  BOOST_TEST(path_norm_of({{{8, -16}, {3, 4}}, {{5 / 8.f, 6}}}) == path_norm_of({{{1, -2}, {3, 4}}, {{5, 6}}}));
}

BOOST_AUTO_TEST_SUITE_END()
