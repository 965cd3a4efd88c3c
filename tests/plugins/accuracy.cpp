// Accuracy against values counted by hand, including ties between logits.
#include <boost/test/unit_test.hpp>

#include "support/measured.hpp"

using namespace support;

BOOST_AUTO_TEST_SUITE(accuracy)

BOOST_AUTO_TEST_CASE(matches_four_samples_worked_by_hand) {
  const pipeline::Network identity = network_of({arma::fmat{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}});
  // largest logit:                                                   2    0 (tie with 1)  1 (tie with 2)  0
  const pipeline::Samples samples = samples_of({{0, 4, 1, 2}, {0, 4, 3, 1}, {1, 0, 3, 1}}, {2, 0, 2, 1});
  BOOST_TEST(value_of(measured(metric("accuracy"), identity, samples), "accuracy") ==
             0.5);  // right, right, wrong, wrong
}

BOOST_AUTO_TEST_CASE(all_blocks_are_included) {
  const pipeline::Network identity = network_of({arma::fmat{{1, 0}, {0, 1}}});
  arma::fmat x(2, 1201, arma::fill::zeros);  // blocks of 500, 500 and 201
  x.row(0).fill(1);
  std::vector<std::uint16_t> labels(1201, 0);
  labels[0] = labels[600] = labels[1200] = 1;
  BOOST_TEST(value_of(measured(metric("accuracy"), identity, samples_of(x, labels)), "accuracy") == 1198. / 1201,
             boost::test_tools::tolerance(1e-15));  // one division in double
}

BOOST_AUTO_TEST_SUITE_END()
