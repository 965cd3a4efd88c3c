// Input noise: the draws added to the inputs; targets are unchanged.
#include <boost/test/unit_test.hpp>

#include "support/small_model.hpp"

using namespace support;
using namespace pipeline;

BOOST_AUTO_TEST_SUITE(input_noise)

BOOST_AUTO_TEST_CASE(adds_sd_times_a_standard_normal_draw) {
  const learning::Entry e = plugin("input_noise", {{"sd", "0.25"}});
  const arma::fmat x = {{0, 1}, {.5f, 0}, {1, .25f}}, y = {{1, 0}, {0, 1}};
  for (const std::uint64_t number : {0, 9}) {
    const Step step = e.step(number, 0.1f);
    Batch batch{x, y, {}};
    e.batch->change(batch, step);
    for (arma::uword i = 0; i < x.n_elem; ++i) BOOST_TEST(batch.inputs[i] == x[i] + .25f * normal(step.random, i));
    BOOST_TEST(same_bits(batch.targets, y));
  }
}

BOOST_AUTO_TEST_CASE(has_mean_0_and_the_stated_variance) {
  const learning::Entry e = plugin("input_noise", {{"sd", "0.25"}});
  Batch batch{arma::fmat(784, 60, arma::fill::zeros), arma::fmat(10, 60, arma::fill::zeros), {}};
  e.batch->change(batch, e.step(1, 0.1f));
  const double n = double(batch.inputs.n_elem), variance = .0625;
  double mean = 0, square = 0;
  for (const float x : batch.inputs) mean += x / n, square += double{x} * x / n;
  BOOST_TEST(std::abs(mean) < 5 * std::sqrt(variance / n));                   // 5 sd of the mean
  BOOST_TEST(std::abs(square - variance) < 5 * variance * std::sqrt(2 / n));  // 5 sd of a normal's variance
}

BOOST_AUTO_TEST_SUITE_END()
