// Sharpness: two logits that start equal, so that the displacement and the loss there can be worked by hand.
#include <boost/test/unit_test.hpp>

#include "support/measured.hpp"

using namespace support;
using boost::test_tools::tolerance;

namespace {
const pipeline::Network flat = network_of({arma::fvec{0, 0}});
double rise(const pipeline::Network& network, const pipeline::Samples& samples, const char* rho = ".5") {
  return value_of(measured(metric("sharpness", {{"rho", rho}}), network, samples), "sharpness");
}
// Displaced weights, logits and exponentials are float32: some multiples of 6e-8.
constexpr double float32 = 1e-6;
}  // namespace

BOOST_AUTO_TEST_SUITE(sharpness)

BOOST_AUTO_TEST_CASE(matches_one_sample_worked_by_hand) {
  // g = (-1/2, 1/2), so each weight moves by rho / sqrt 2: the logits then differ by rho sqrt 2.
  const double there = std::log(1 + std::exp(.5 * std::sqrt(2.)));
  BOOST_TEST(rise(flat, samples_of(arma::fvec{1}, {0})) == there - std::log(2.), tolerance(float32));
}

BOOST_AUTO_TEST_CASE(biases_are_displaced_too) {
  pipeline::Network biased = flat;
  biased.layer(1).b = {0, 0};
  // Two weights and two biases, each displaced by rho / 2: the logits differ by 2 rho.
  BOOST_TEST(rise(biased, samples_of(arma::fvec{1}, {0})) == std::log(1 + std::exp(1.)) - std::log(2.),
             tolerance(float32));
}

BOOST_AUTO_TEST_CASE(gradient_and_loss_are_means_over_all_blocks) {
  // Nine samples of ten are of class 0, in three blocks: g has the direction it has for one sample, and L is a mean.
  std::vector<std::uint16_t> labels(1200, 0);
  for (std::size_t n = 0; n < labels.size(); n += 10) labels[n] = 1;
  const double d = .5 * std::sqrt(2.), there = .9 * std::log(1 + std::exp(d)) + .1 * std::log(1 + std::exp(-d));
  BOOST_TEST(rise(flat, samples_of(arma::fmat(1, 1200, arma::fill::ones), labels)) == there - std::log(2.),
             tolerance(float32));
}

BOOST_AUTO_TEST_CASE(two_sections_use_their_own_rho) {
  const pipeline::measuring::LiveMetric near = metric("sharpness", {{"rho", "1e-8"}}),
                                        far = metric("sharpness", {{"rho", "2e-8"}});
  const pipeline::learning::Entries none;
  const pipeline::Samples samples =
      samples_of(arma::fvec{1e7f}, {0});  // so that even these displacements raise the loss
  const pipeline::learning::Inputs inputs(samples);
  const pipeline::measuring::Subject subject{"model", flat, flat, none};
  const auto m = pipeline::measuring::measure(subject, 0, {&near, &far}, {&inputs, &inputs, &inputs});
  BOOST_TEST(m.rows[1].value > 1.5 * m.rows[0].value);
}

BOOST_AUTO_TEST_CASE(a_zero_gradient_yields_nan) { BOOST_TEST(std::isnan(rise(flat, samples_of({{1, 1}}, {0, 1})))); }

// The loss is 6e-9, and the gradient has its size: in float32, p - 1 would be 0.
BOOST_AUTO_TEST_CASE(keeps_its_digits_where_the_network_is_nearly_certain) {
  const pipeline::Network certain = network_of({arma::fmat{{19, 0}, {0, 19}}});
  const auto loss = [](double z) { return std::log1p(std::exp(-z)); };
  // Both weights of the sample move by rho / sqrt 2, one down and one up; both are exact in float32.
  const double d = 4 / std::sqrt(2.);
  const double down = static_cast<float>(19 - d), up = static_cast<float>(d);
  BOOST_TEST(rise(certain, samples_of(arma::fvec{1, 0}, {0}), "4") == loss(down - up) - loss(19), tolerance(1e-6));
}

BOOST_AUTO_TEST_SUITE_END()
