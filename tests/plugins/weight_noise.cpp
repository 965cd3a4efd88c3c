// weight_noise: the stated draws are added to the weights for a pass; the gradient taken there updates the original
// weights.
#include <boost/test/unit_test.hpp>

#include "support/small_model.hpp"

using namespace support;
using namespace pipeline;

BOOST_AUTO_TEST_SUITE(weight_noise)

BOOST_AUTO_TEST_CASE(every_weight_and_bias_has_its_own_draw) {
  const learning::Entry e = plugin("weight_noise", {{"sd", "0.5"}});
  Layer l{arma::fmat(3, 5, arma::fill::ones), arma::fvec(3, arma::fill::ones)};
  e.weight->forward(l, 2, e.step(7, 0.1f));
  const Random draws = Random(1, "regulariser", "model", "weight_noise").at_step(7);
  const Random weights = draws.in_layer(2), biases = draws.in_layer(2 + 65536);
  for (arma::uword i = 0; i < 15; ++i) BOOST_TEST(l.W[i] == 1 + .5f * normal(weights, i));
  for (arma::uword i = 0; i < 3; ++i) BOOST_TEST(l.b[i] == 1 + .5f * normal(biases, i));
}

BOOST_AUTO_TEST_CASE(the_gradient_is_taken_at_the_noisy_weights_and_updates_the_clean_ones) {
  const SmallStudy study;
  SmallStudy noisy;
  const learning::Entry e = plugin("weight_noise", {{"sd", "0.1"}}, with_biases());
  for (std::size_t l = 1; l <= 3; ++l) e.weight->forward(noisy.start.layer(l), l, e.step(0, study.rate));
  const auto model = study.model_of(e);
  const Network g = noisy.model({})->gradient(0, noisy.inputs, noisy.batch(0));
  BOOST_TEST(same_bits(model->gradient(0, study.inputs, study.batch(0)), g));
  study.train(*model, 0, 1);
  for (std::size_t l = 1; l <= 3; ++l) {
    arma::fmat expected = study.start.layer(l).W;
    for (arma::uword i = 0; i < expected.n_elem; ++i) expected[i] = std::fma(-study.rate, g.layer(l).W[i], expected[i]);
    BOOST_TEST(same_bits(model->network().layer(l).W, expected));
  }
  BOOST_TEST(same_bits(model->measured_network(), model->network()));
}

BOOST_AUTO_TEST_SUITE_END()
