// The scatter of a node's weights against its signal: the chosen node, and columns of length 1.
#include <boost/test/unit_test.hpp>

#include "support/scratch.hpp"
#include "three_samples.hpp"

using namespace support;
using namespace three_samples;
using boost::test_tools::tolerance;

BOOST_AUTO_TEST_SUITE(weights_against_c)

BOOST_AUTO_TEST_CASE(chooses_the_node_with_the_largest_S) {
  const auto m = measured(metric("weights_against_c"), network, samples);
  const double S1 = c11 / (length_1 + .0001);
  BOOST_TEST(value_of(m, "weights_against_c.node", 1) == 1);  // S: .936, -.141, undefined, 0
  BOOST_TEST(value_of(m, "weights_against_c.snr_optimality", 1) == S1, tolerance(rounding));
  const arma::mat points = sheet_of(m, "points");
  BOOST_TEST_REQUIRE((points.n_rows == 3 && points.n_cols == 2));
  const arma::mat by_hand = {{1, c11 / length_1}, {0, c12 / length_1}, {0, 0}};
  BOOST_TEST(arma::abs(points - by_hand).max() < rounding);
}

BOOST_AUTO_TEST_CASE(an_undefined_node_is_never_chosen) {
  const pipeline::Network first_undefined = network_of({arma::fmat{{0, 0, 0}, {1, 1, 0}, {1, 0, 0}, {1, 0, 0}}});
  const auto m = measured(metric("weights_against_c"), first_undefined, samples);
  BOOST_TEST(value_of(m, "weights_against_c.node", 1) == 3);  // the first of two equal ones
}

BOOST_AUTO_TEST_CASE(named_nodes_have_two_columns_each) {
  const auto m = measured(metric("weights_against_c", {{"nodes", "2, 3"}}), network, samples);
  const arma::mat points = sheet_of(m, "points");
  BOOST_TEST_REQUIRE((points.n_rows == 3 && points.n_cols == 4));
  BOOST_TEST(points(1, 0) == std::sqrt(.5), tolerance(rounding));
  BOOST_TEST(points(1, 1) == c22 / length_2, tolerance(rounding));
  BOOST_TEST(points.col(2).has_nan());  // node 3 has no weights
  BOOST_TEST(
      value_of(m, "weights_against_c.snr_optimality_2", 1) == (c21 + c22) / ((length_2 + .0001) * std::sqrt(2.0)),
      tolerance(rounding));
  BOOST_TEST(std::isnan(value_of(m, "weights_against_c.node", 1)));  // nodes were named, so none was chosen
}

BOOST_AUTO_TEST_CASE(a_node_or_layer_that_does_not_exist_is_refused) {
  const pipeline::NetworkShape shape{{3, 4, 2}, true};
  const auto complaint = [&](const Values& options) {
    return message_of([&] { metric("weights_against_c", options).metric->check(shape, true); });
  };
  BOOST_TEST(complaint({{"layer", "2"}, {"nodes", "1, 2"}}) == "");
  check_says(complaint({{"layer", "3"}}), "layer = 3, but the network has 2 layers");
  check_says(complaint({{"layer", "2"}, {"nodes", "3"}}), "nodes lists node 3, but layer 2 has 2 nodes");
}

BOOST_AUTO_TEST_CASE(a_layer_without_a_defined_node_has_none_to_draw) {
  const auto m = measured(metric("weights_against_c"), network_of({arma::fmat(4, 3, arma::fill::zeros)}), samples);
  BOOST_TEST_REQUIRE(m.rows.size() == 2u);
  for (const pipeline::Row& row : m.rows) BOOST_TEST(std::isnan(row.value), row.metric);
  const arma::mat points = sheet_of(m, "points");
  BOOST_TEST((points.n_rows == 3 && points.n_cols == 2));
  for (const double x : points) BOOST_TEST(std::isnan(x));
}

BOOST_AUTO_TEST_SUITE_END()
