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

BOOST_AUTO_TEST_CASE(the_share_of_the_diagonal_is_the_accuracy) {
  arma::fmat x(3, 700);
  std::vector<std::uint16_t> labels;
  for (arma::uword n = 0; n < x.n_cols; ++n) {
    for (arma::uword k = 0; k < 3; ++k) x(k, n) = static_cast<float>((7 * n + 5 * k) % 11);  // with ties
    labels.push_back(static_cast<std::uint16_t>(n % 3));
  }
  const pipeline::Network identity = network_of({arma::fmat(3, 3, arma::fill::eye)});
  const arma::mat counts = sheet_of(measured(metric("confusion_matrix"), identity, samples_of(x, labels)), "counts");
  BOOST_TEST(arma::trace(counts) / 700 ==
             value_of(measured(metric("accuracy"), identity, samples_of(x, labels)), "accuracy"));
  BOOST_TEST(arma::accu(counts) == 700);
}

BOOST_AUTO_TEST_SUITE_END()
