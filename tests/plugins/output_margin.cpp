// Output margin: NumPy's percentile of margins worked by hand, including a tie between the other logits.
#include <boost/test/unit_test.hpp>

#include "support/measured.hpp"

using namespace support;

namespace {
const pipeline::Network identity = network_of({arma::fmat{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}});
//                       margins:             -1  5  2 (the other two tie)
const pipeline::Samples samples = samples_of({{1, 6, 2}, {2, 1, 4}, {0, 0, 2}}, {0, 0, 1});
double margin(const Values& values) {
  return value_of(measured(metric("output_margin", values), identity, samples), "output_margin");
}
}  // namespace

BOOST_AUTO_TEST_SUITE(output_margin)

BOOST_AUTO_TEST_CASE(matches_three_samples_worked_by_hand) {
  // numpy.percentile([-1, 2, 5], 10): a fifth of the way from -1 to 2.
  BOOST_TEST(margin({}) == -.4, boost::test_tools::tolerance(1e-15));  // one rounding in double
  BOOST_TEST(margin({{"percentile", "0"}}) == -1);
  BOOST_TEST(margin({{"percentile", "50"}}) == 2);
  BOOST_TEST(margin({{"percentile", "100"}}) == 5);
}

BOOST_AUTO_TEST_CASE(all_blocks_are_included) {
  arma::fmat x(3, 1001, arma::fill::zeros);  // margins 1000, 999 .. 0 in three blocks
  for (arma::uword n = 0; n < 1001; ++n) x(0, n) = static_cast<float>(1000 - n);
  BOOST_TEST(value_of(measured(metric("output_margin"), identity, samples_of(x)), "output_margin") == 100);
}

BOOST_AUTO_TEST_CASE(is_measured_on_the_training_set_by_default) {
  BOOST_TEST(metric("output_margin").config.info.on == "train");
}

BOOST_AUTO_TEST_CASE(a_single_class_yields_nan) {
  const auto m = measured(metric("output_margin"), network_of({arma::fmat{{1, 1, 1}}}), samples_of(samples.floats));
  BOOST_TEST_REQUIRE(m.rows.size() == 1u);
  BOOST_TEST(std::isnan(m.rows[0].value));
}

BOOST_AUTO_TEST_SUITE_END()
