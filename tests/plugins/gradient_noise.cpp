// gradient_noise: the stated draw for each element, with a variance that falls as eta / (1 + t)^gamma.
#include <boost/test/unit_test.hpp>

#include "support/small_model.hpp"

using namespace support;
using namespace pipeline;

namespace {

/// The noise that one step adds to the gradient of every weight and bias.
Network noise(const SmallStudy& study, std::uint64_t step, const Values& values) {
  const auto noisy = study.model_of(plugin("gradient_noise", values, with_biases())), plain = study.model({});
  Network n = noisy->gradient(step, study.inputs, study.batch(step));
  const Network& g = plain->gradient(step, study.inputs, study.batch(step));
  for (std::size_t l = 1; l <= n.depth(); ++l) n.layer(l).W -= g.layer(l).W, n.layer(l).b -= g.layer(l).b;
  return n;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gradient_noise)

BOOST_AUTO_TEST_CASE(every_element_has_its_own_draw) {
  const SmallStudy study;
  const Random draws = Random(1, "regulariser", "model", "gradient_noise").at_step(3);
  const Network n = noise(study, 3, {{"eta", "4"}, {"gamma", "0.5"}});
  const double sd = std::sqrt(4 / 2.);  // (1 + 3)^.5 = 2
  for (std::size_t l = 1; l <= 3; ++l) {
    const Random weights = draws.in_layer(std::uint32_t(l)), biases = draws.in_layer(std::uint32_t(l + 65536));
    // Adding a gradient below 1 to noise below 8 and subtracting it again leaves an error of some 1e-7 of the noise.
    for (arma::uword i = 0; i < n.layer(l).W.n_elem; ++i)
      BOOST_REQUIRE(std::abs(n.layer(l).W[i] - sd * weights.normal(i)) < 1e-6);
    for (arma::uword i = 0; i < n.layer(l).b.n_elem; ++i)
      BOOST_REQUIRE(std::abs(n.layer(l).b[i] - sd * biases.normal(i)) < 1e-6);
  }
}

BOOST_AUTO_TEST_CASE(the_variance_falls_as_stated) {
  const SmallStudy study({100, 100, 5});
  for (const std::uint64_t step : {0, 1, 99}) {
    const arma::fmat W = noise(study, step, {{"eta", "0.3"}, {"gamma", "0.55"}}).layer(1).W;
    const double variance = arma::accu(arma::square(arma::conv_to<arma::mat>::from(W))) / double(W.n_elem);
    // 5 sd of the mean of 10,000 squares of normal numbers: 5 * sqrt(2 / 10,000). The seed fixes the draws.
    BOOST_TEST(variance == .3 / std::pow(1. + double(step), .55), boost::test_tools::tolerance(5 * std::sqrt(2e-4)));
  }
}

BOOST_AUTO_TEST_CASE(biases_are_covered_by_default) {
  BOOST_TEST(load<Regulariser>("regulariser", "gradient_noise")->biases_by_default());
}

BOOST_AUTO_TEST_SUITE_END()
