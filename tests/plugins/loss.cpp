// Loss: natural logarithm, mean over the samples, and the penalty reported separately.
#include <boost/test/unit_test.hpp>

#include "support/measured.hpp"

using namespace support;
using boost::test_tools::tolerance;

namespace {
const pipeline::Network identity = network_of({arma::fmat{{1, 0}, {0, 1}}});
// Logits and exponentials are computed from float32 numbers: some multiples of 6e-8.
constexpr double float32 = 3e-7;
}  // namespace

BOOST_AUTO_TEST_SUITE(loss)

BOOST_AUTO_TEST_CASE(matches_two_samples_worked_by_hand) {
  // Sample 1: logits ln 3 and 0, label 0: p = 3/4. Sample 2: equal logits: p = 1/2.
  const pipeline::Samples samples = samples_of({{std::log(3.0f), 2}, {0, 2}}, {0, 1});
  const auto m = measured(metric("loss"), identity, samples);
  BOOST_TEST(value_of(m, "loss") == (std::log(4. / 3) + std::log(2.)) / 2, tolerance(float32));
  BOOST_TEST(value_of(m, "loss.penalty") == 0);
}

BOOST_AUTO_TEST_CASE(the_penalty_is_reported_separately) {
  const pipeline::Samples samples = samples_of(arma::fmat(2, 1, arma::fill::ones), {0});
  const auto m = measured(metric("loss"), identity, samples, 0.25);
  BOOST_TEST(value_of(m, "loss") == std::log(2.), tolerance(float32));
  BOOST_TEST(value_of(m, "loss.penalty") == 0.25);
}

BOOST_AUTO_TEST_CASE(large_logits_neither_overflow_nor_vanish) {
  const pipeline::Samples samples = samples_of({{1000, 1000}, {0, 0}}, {0, 1});
  BOOST_TEST(value_of(measured(metric("loss"), identity, samples), "loss") == 500,
             tolerance(float32));  // 0 and 1000
}

BOOST_AUTO_TEST_CASE(keeps_its_digits_where_the_network_is_nearly_certain) {
  const auto m = measured(metric("loss"), network_of({arma::fvec{1, 0}}), samples_of(arma::fvec{30}, {0}));
  BOOST_TEST(value_of(m, "loss") == std::exp(-30.), boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_SUITE_END()
