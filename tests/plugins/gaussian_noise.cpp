// Gaussian noise: the draws added, the activations covered, and no noise while measuring or in the backward pass.
#include <boost/test/unit_test.hpp>

#include "support/small_model.hpp"

using namespace support;
using namespace pipeline;

BOOST_AUTO_TEST_SUITE(gaussian_noise)

BOOST_AUTO_TEST_CASE(adds_sd_times_a_standard_normal_draw) {
  const learning::Entry e = plugin("gaussian_noise", {{"sd", "0.5"}});
  const Step step = e.step(3, 0.1f);
  arma::fmat h = {{4, 0}, {-2, 8}};
  const arma::fmat before = h;
  e.activation->forward({2, h}, step);
  for (arma::uword i = 0; i < 4; ++i) BOOST_TEST(h[i] == before[i] + .5f * normal(step.random.in_layer(2), i));
}

BOOST_AUTO_TEST_CASE(has_mean_0_and_differs_between_steps_and_layers) {
  const learning::Entry e = plugin("gaussian_noise", {{"sd", "2"}});
  const auto noise = [&](std::uint64_t step, std::size_t layer) {
    arma::fmat h(100, 400, arma::fill::zeros);
    e.activation->forward({layer, h}, e.step(step, 0.1f));
    return h;
  };
  const arma::fmat one = noise(0, 1);
  const double n = double(one.n_elem);
  double mean = 0, square = 0;
  for (const float x : one) mean += x / n, square += double{x} * x / n;
  BOOST_TEST(std::abs(mean) < 5 * 2 / std::sqrt(n));            // 5 sd of the mean
  BOOST_TEST(std::abs(square - 4) < 5 * 4 * std::sqrt(2 / n));  // 5 sd of a normal's variance
  for (const arma::fmat& other : {noise(1, 1), noise(0, 2)})
    BOOST_TEST(std::abs(arma::dot(one, other) / n) < 5 * 4 / std::sqrt(n));  // independent: 5 sd of the mean product
  BOOST_TEST(same_bits(one, noise(0, 1)));
}

BOOST_AUTO_TEST_CASE(each_place_covers_the_activations_it_names) {
  const auto covered = [](const char* place, learning::Scope scope = {}) {
    const learning::Entry e = plugin("gaussian_noise", {{"place", place}}, std::move(scope));
    std::string out;
    for (const auto& [where, name] :
         {std::pair(Where::inputs, 'i'), {Where::before_relu, 'b'}, {Where::after_relu, 'a'}})
      for (std::size_t layer = 0; layer < 3; ++layer)
        if (e.changes_activations(where, layer)) out += name + std::to_string(layer) + " ";
    return out;
  };
  BOOST_TEST(covered("after_relu") == "a1 a2 ");
  BOOST_TEST(covered("before_relu") == "b1 b2 ");
  BOOST_TEST(covered("inputs") == "i0 ");
  BOOST_TEST(covered("after_relu", only_layer(0)) == "i0 ");
}

BOOST_AUTO_TEST_CASE(neither_measuring_nor_backward_has_noise) {
  const learning::Entry e = plugin("gaussian_noise");
  arma::fmat h(5, 7, arma::fill::ones);
  e.activation->measure({1, h});
  e.activation->backward({1, h}, e.step(0, 0.1f));
  BOOST_TEST(same_bits(h, arma::fmat(5, 7, arma::fill::ones)));
}

BOOST_AUTO_TEST_SUITE_END()
