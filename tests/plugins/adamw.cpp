// adamw: two steps worked by hand; without decay it is adam, and with it adam beside the regulariser weight_decay.
#include <boost/test/unit_test.hpp>

#include "support/by_hand.hpp"

using namespace support;
using namespace pipeline;

BOOST_AUTO_TEST_SUITE(adamw)

// The directions of adam's worked example, with .5 w added: w = (2, -4) at first, then (2, -4) - .5 * d.
BOOST_AUTO_TEST_CASE(matches_two_steps_worked_by_hand) {
  ByHand one("adamw", {{"beta1", "0.5"}, {"beta2", "0.75"}, {"epsilon", "0.25"}, {"weight_decay", "0.5"}}, {2, -4});
  check_near(one.step({4, -2}, 0.5f), {4 / 4.25 + 1, -2 / 2.25 - 2});
  const double w0 = 2 - .5 * (4 / 4.25 + 1), w1 = -4 - .5 * (-2 / 2.25 - 2);
  check_near(one.w, {w0, w1});
  check_near(one.step({0, 2}, 0.5f), {4. / 3 / (std::sqrt(3 / .4375) + .25) + .5 * w0, 2. / 3 / 2.25 + .5 * w1});
}

namespace {

Network trained(const char* name, const Values& values, learning::Entries entries) {
  const SmallStudy study;
  learning::Model model("model", study.start, std::move(entries), 0.01f, ImageShape{}, 5, kernels::Products(),
                        optimiser(name, values));
  study.train(model, 0, 20);
  return model.network();
}

double largest_difference(const Network& a, const Network& b) {
  double most = 0;
  for (std::size_t l = 1; l <= a.depth(); ++l)
    most = std::max({most, double{arma::abs(a.layer(l).W - b.layer(l).W).max()},
                     double{arma::abs(a.layer(l).b - b.layer(l).b).max()}});
  return most;
}

}  // namespace

BOOST_AUTO_TEST_CASE(without_decay_it_is_adam_bit_for_bit) {
  BOOST_TEST(same_bits(trained("adamw", {{"weight_decay", "0"}}, {}), trained("adam", {}, {})));
}

// Biases decay too, as in PyTorch. 20 steps with a few roundings each of weights below 1/2 (3e-8), with room for their
// effect on the gradient; a decay after adam's step, or of weights only, would differ by 1e-4.
BOOST_AUTO_TEST_CASE(it_is_adam_beside_weight_decay_up_to_rounding) {
  learning::Entries decay;
  decay.push_back(plugin("weight_decay", {{"lambda", "0.5"}}, with_biases()));
  const Network apart = trained("adam", {}, std::move(decay)),
                together = trained("adamw", {{"weight_decay", "0.5"}}, {});
  BOOST_TEST(largest_difference(apart, together) < 3e-6);
  BOOST_TEST(largest_difference(together, trained("adam", {}, {})) > 1e-3);
}

BOOST_AUTO_TEST_SUITE_END()
