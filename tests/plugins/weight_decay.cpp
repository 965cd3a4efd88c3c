// weight_decay: the factor before the update worked by hand; equal to l2 under plain gradient descent, but not under a
// changed gradient.
#include <boost/test/unit_test.hpp>

#include "support/small_model.hpp"

using namespace support;
using namespace pipeline;

namespace {

/// The largest differences of any weight between training with weight_decay and with l2, and with l2 and neither.
struct Differences {
  double decay_from_l2 = 0, l2_from_plain = 0;
};
template <class... More>
Differences differences(std::uint64_t steps, const char* lambda, const More&... more) {
  const SmallStudy study;
  const auto decay = study.model_of(plugin("weight_decay", {{"lambda", lambda}}), plugin(more)...),
             l2 = study.model_of(plugin("l2", {{"lambda", lambda}}), plugin(more)...),
             plain = study.model_of(plugin(more)...);
  Differences a;
  for (learning::Model* m : {decay.get(), l2.get(), plain.get()}) study.train(*m, 0, steps);
  for (std::size_t l = 1; l <= 3; ++l) {
    const auto distance = [&](const learning::Model& one) {
      return double{arma::abs(one.network().layer(l).W - l2->network().layer(l).W).max()};
    };
    a.decay_from_l2 = std::max(a.decay_from_l2, distance(*decay));
    a.l2_from_plain = std::max(a.l2_from_plain, distance(*plain));
  }
  return a;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(weight_decay)

BOOST_AUTO_TEST_CASE(matches_three_weights_worked_by_hand) {
  const learning::Entry e = plugin("weight_decay", {{"lambda", "0.5"}});
  std::vector<float> w = {2, -4, 0};
  e.before_update->before_update(w, {}, e.step(0, 0.5f));
  BOOST_TEST(w == (std::vector<float>{1.5f, -3, 0}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_gradient_is_taken_before_the_decay) {
  const SmallStudy study;
  const auto model =
      study.model_of(plugin("weight_decay", {{"lambda", "5"}}));  // at a rate of .1 it halves the weights
  const Network g = study.model({})->gradient(0, study.inputs, study.batch(0));
  study.train(*model, 0, 1);
  for (std::size_t l = 1; l <= 3; ++l) {
    arma::fmat expected = study.start.layer(l).W;
    for (arma::uword i = 0; i < expected.n_elem; ++i)
      expected[i] = std::fma(-study.rate, g.layer(l).W[i], expected[i] * float(1 - double{study.rate} * 5));
    BOOST_TEST(same_bits(model->network().layer(l).W, expected));
    arma::fvec b = study.start.layer(l).b;  // biases do not decay
    for (arma::uword i = 0; i < b.n_elem; ++i) b[i] = std::fma(-study.rate, g.layer(l).b[i], b[i]);
    BOOST_TEST(same_bits(model->network().layer(l).b, b));
  }
}

BOOST_AUTO_TEST_CASE(under_plain_gradient_descent_it_equals_l2_up_to_rounding) {
  // Three roundings of weights below 1/2 in either form (3 * 3e-8 each), with room for their effect on the gradient.
  const Differences one = differences(1, "0.1"), twenty = differences(20, "0.1");
  BOOST_TEST(one.decay_from_l2 < 6 * 3e-8);
  BOOST_TEST(one.l2_from_plain > 1e-3);
  BOOST_TEST(twenty.decay_from_l2 < 20 * 6 * 3e-8);
  BOOST_TEST(twenty.l2_from_plain > 1e-2);
}

BOOST_AUTO_TEST_CASE(under_a_changed_gradient_it_differs_from_l2) {
  BOOST_TEST(differences(20, "0.1", "power_gradient").decay_from_l2 > 1e-3);
}

BOOST_AUTO_TEST_SUITE_END()
