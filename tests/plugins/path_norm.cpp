// Path norm: four paths worked by hand, and invariance if scale moves from the inputs of a unit to its outputs.
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

BOOST_AUTO_TEST_CASE(matches_four_paths_worked_by_hand) {
  // The products along the paths: 1 5, -2 5, 3 6 and 4 6; their squares 25, 100, 324 and 576.
  BOOST_TEST(path_norm_of({{{1, -2}, {3, 4}}, {{5, 6}}}) == std::sqrt(1025.), boost::test_tools::tolerance(1e-15));
}

BOOST_AUTO_TEST_CASE(a_single_layer_has_its_frobenius_norm) { BOOST_TEST(path_norm_of({{{3, 0}, {0, -4}}}) == 5); }

BOOST_AUTO_TEST_CASE(is_unchanged_if_scale_moves_from_the_inputs_of_a_unit_to_its_outputs) {
  BOOST_TEST(path_norm_of({{{8, -16}, {3, 4}}, {{5 / 8.f, 6}}}) == path_norm_of({{{1, -2}, {3, 4}}, {{5, 6}}}));
}

BOOST_AUTO_TEST_SUITE_END()
