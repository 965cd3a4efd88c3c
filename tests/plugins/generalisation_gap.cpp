// Generalisation gap: values worked by hand, each split measured on its own samples, and both differences positive if
// the training set does better.
#include <boost/test/unit_test.hpp>

#include "support/measured.hpp"

using namespace support;

BOOST_AUTO_TEST_SUITE(generalisation_gap)

BOOST_AUTO_TEST_CASE(matches_two_samples_of_each_split_worked_by_hand) {
  const pipeline::Network identity = network_of({arma::fmat{{1, 0}, {0, 1}}});
  // Training: p(label) = 3/4 and 3/4, both right. Test: p(label) = 3/4 right and 1/4 wrong.
  const pipeline::Samples train = samples_of({{std::log(3.0f), 0}, {0, std::log(3.0f)}}, {0, 1}),
                          test = samples_of({{std::log(3.0f), std::log(3.0f)}, {0, 0}}, {0, 1});
  const auto m = measured(metric("generalisation_gap"), identity, test, train, identity);
  BOOST_TEST(value_of(m, "generalisation_gap.accuracy") == .5);
  // Test: ln 4/3 and ln 4; training: ln 4/3 twice. The logits are float32 numbers.
  BOOST_TEST(value_of(m, "generalisation_gap.loss") == std::log(3.) / 2, boost::test_tools::tolerance(3e-7));
}

BOOST_AUTO_TEST_CASE(no_gap_between_a_split_and_itself) {
  const pipeline::Network identity = network_of({arma::fmat{{1, 0}, {0, 1}}});
  const auto m = measured(metric("generalisation_gap"), identity, samples_of({{1, 2, 3}, {3, 1, 2}}, {0, 0, 1}));
  BOOST_TEST(value_of(m, "generalisation_gap.accuracy") == 0);
  BOOST_TEST(value_of(m, "generalisation_gap.loss") == 0);
}

BOOST_AUTO_TEST_CASE(no_direction_is_better_because_spoiled_training_labels_make_a_negative_gap) {
  const pipeline::Network identity = network_of({arma::fmat{{1, 0}, {0, 1}}});
  const arma::fmat x = {{1, 0}, {0, 1}};
  const pipeline::measuring::LiveMetric gap = metric("generalisation_gap");
  const auto m = measured(gap, identity, samples_of(x, {0, 1}), samples_of(x, {1, 1}), identity);
  BOOST_TEST(value_of(m, "generalisation_gap.accuracy") == -.5);
  BOOST_TEST(value_of(m, "generalisation_gap.loss") < 0);
  BOOST_TEST((gap.config.info.better == pipeline::Direction::neither && gap.config.info.better_for.empty()));
}

BOOST_AUTO_TEST_SUITE_END()
