// Confusion matrix against counts worked by hand: rows are true classes, columns predicted ones, ties as in accuracy.
#include <boost/test/unit_test.hpp>

#include "support/measured.hpp"

using namespace support;

BOOST_AUTO_TEST_SUITE(confusion_matrix)

BOOST_AUTO_TEST_CASE(matches_four_samples_worked_by_hand) {
  const pipeline::Network identity = network_of({arma::fmat{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}});
  // predicted:                                                       2    0 (tie with 1)  1 (tie with 2)  0
  const pipeline::Samples samples = samples_of({{0, 4, 1, 2}, {0, 4, 3, 1}, {1, 0, 3, 1}}, {2, 0, 2, 1});
  const auto m = measured(metric("confusion_matrix"), identity, samples);
  BOOST_TEST(m.rows.empty());
  BOOST_TEST(arma::approx_equal(sheet_of(m, "counts"), arma::mat{{1, 0, 0}, {1, 0, 0}, {0, 1, 1}}, "absdiff", 0));
}

BOOST_AUTO_TEST_CASE(all_blocks_are_included) {
  const pipeline::Network identity = network_of({arma::fmat{{1, 0}, {0, 1}}});
  arma::fmat x(2, 1201, arma::fill::zeros);
  x.row(1).fill(1);
  const auto m = measured(metric("confusion_matrix"), identity, samples_of(x));
  BOOST_TEST(sheet_of(m, "counts")(0, 1) == 1201);
}

BOOST_AUTO_TEST_SUITE_END()
