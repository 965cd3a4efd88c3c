// group_lasso: the weights of an input shrink and vanish together; the biases of a layer are one group.
#include <boost/test/unit_test.hpp>

#include "support/small_model.hpp"

using namespace support;
using namespace pipeline;

namespace {

learning::Entry lasso(const char* lambda, const char* form = "subgradient", learning::Scope scope = {}) {
  return plugin("group_lasso", {{"lambda", lambda}, {"form", form}}, std::move(scope));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(group_lasso)

BOOST_AUTO_TEST_CASE(matches_four_weights_of_one_input_worked_by_hand) {
  const std::vector<float> w = {4, 0, -4, 2};  // length 6, sqrt(m) = 2
  std::vector<float> g(4), after = w;
  const learning::Entry e = lasso("0.75"), proximal = lasso("0.75", "proximal");
  BOOST_TEST(e.weight_penalty->value(w, {}, first_step) == .75 * 2 * 6);
  e.weight_penalty->add_gradient(w, g, {}, first_step);
  BOOST_TEST(g == (std::vector<float>{1, 0, -1, .5f}), boost::test_tools::per_element());
  proximal.after_update->after_update(after, {}, e.step(0, 1));  // shorter by rate * lambda * 2 = 1.5 of 6
  BOOST_TEST(after == (std::vector<float>{3, 0, -3, 1.5f}), boost::test_tools::per_element());
  proximal.after_update->after_update(after, {}, e.step(0, 4));  // shorter by 6, more than its length
  BOOST_TEST(after == (std::vector<float>{0, 0, 0, 0}), boost::test_tools::per_element());
  proximal.after_update->after_update(after, {}, e.step(0, 4));  // a group at 0 stays at 0
  BOOST_TEST(after == (std::vector<float>{0, 0, 0, 0}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_group_is_the_weights_of_one_input_or_the_biases_of_one_layer) {
  SmallStudy study({3, 4, 9});
  for (Layer& l : study.start.layers) l.W.fill(1), l.b.fill(1);
  const double inputs = 3 * 2 * 2 + 4 * 3 * 3, biases = 2 * 2 + 3 * 3;  // each sqrt(m) * |w_j| = m
  BOOST_TEST(study.model_of(lasso("1"))->weight_penalty(study.start) == inputs);
  BOOST_TEST(study.model_of(lasso("1", "subgradient", with_biases()))->weight_penalty(study.start) == inputs + biases);
}

BOOST_AUTO_TEST_CASE(the_proximal_form_sets_all_weights_of_an_input_to_zero_together) {
  SmallStudy study;
  study.samples.bytes.rows(0, 9).zeros();  // inputs without information
  const auto model = study.model_of(lasso("0.001", "proximal", only_layer(1)));
  study.train(*model, 0, 1500);
  const arma::fmat& W = model->network().layer(1).W;
  std::size_t off = 0, partly_off = 0;
  for (arma::uword j = 0; j < W.n_cols; ++j) {
    const auto zeros = arma::accu(W.col(j) == 0);
    off += zeros == W.n_rows;
    partly_off += zeros > 0 && zeros < W.n_rows;
  }
  BOOST_TEST(arma::all(arma::vectorise(W.head_cols(10)) == 0));
  BOOST_TEST(off < W.n_cols);
  BOOST_TEST(partly_off == 0u);
}

BOOST_AUTO_TEST_CASE(layers_chosen_by_number_have_whole_groups) {
  SmallStudy study({3, 4, 9});
  for (Layer& l : study.start.layers) l.W.fill(1);
  BOOST_TEST(study.model_of(lasso("1", "subgradient", only_layer(2)))->weight_penalty(study.start) == 4 * 3 * 3);
}

BOOST_AUTO_TEST_SUITE_END()
