// Max-norm: weight vectors of nodes that exceed the limit are shortened to it; all others keep every bit.
#include <boost/test/unit_test.hpp>

#include "support/small_model.hpp"

using namespace support;
using namespace pipeline;

BOOST_AUTO_TEST_SUITE(max_norm)

BOOST_AUTO_TEST_CASE(matches_three_nodes_worked_by_hand) {
  const learning::Entry e = plugin("max_norm", {{"limit", "2.5"}});
  arma::fmat W = {{3, 4}, {1.5f, 2}, {0.1f, 0.2f}};  // lengths 5, 2.5 (the limit itself) and .22
  arma::fvec b;
  e.after_layer_update->after_update(W, b, 1, e.step(0, 0.1f));
  BOOST_TEST(same_bits(W, arma::fmat{{1.5f, 2}, {1.5f, 2}, {0.1f, 0.2f}}));  // exact: the factor is 1/2
}

BOOST_AUTO_TEST_CASE(the_length_includes_the_bias_if_biases_are_covered) {
  const learning::Entry e = plugin("max_norm", {{"limit", "2.5"}});
  arma::fmat W = {{3, 0}};
  arma::fvec b = {4};
  e.after_layer_update->after_update(W, b, 1, e.step(0, 0.1f));
  BOOST_TEST(W(0, 0) == 1.5f);
  BOOST_TEST(b[0] == 2);
}

BOOST_AUTO_TEST_CASE(no_node_of_a_trained_model_exceeds_the_limit) {
  const SmallStudy study;
  const auto model = study.model_of(plugin("max_norm", {{"limit", "0.3"}}));
  study.train(*model, 0, 20);
  for (std::size_t l = 1; l <= 3; ++l)
    for (arma::uword k = 0; k < model->network().layer(l).outputs(); ++k) {
      const arma::vec w = arma::conv_to<arma::vec>::from(model->network().layer(l).W.row(k));
      BOOST_TEST(arma::norm(w) <= 0.3 * (1 + 1e-6));  // the factor and each product are rounded to float32
    }
}

BOOST_AUTO_TEST_SUITE_END()
