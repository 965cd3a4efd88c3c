// group_lasso: an input's weights shrink and vanish together; biases are one group; a part of a group is refused.
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

BOOST_AUTO_TEST_CASE(four_weights_of_one_input_by_hand) {
  const std::vector<float> w = {4, 0, -4, 2};  // length 6, sqrt(m) = 2
  std::vector<float> g(4), after = w;
  const learning::Entry e = lasso("0.75"), proximal = lasso("0.75", "proximal");
  BOOST_TEST(e.weight_penalty->value(w, {}) == .75 * 2 * 6);
  e.weight_penalty->add_gradient(w, g, {});
  BOOST_TEST(g == (std::vector<float>{1, 0, -1, .5f}), boost::test_tools::per_element());
  proximal.after_update->after_update(after, {}, e.step(0, 1));  // shorter by rate * lambda * 2 = 1.5 of 6
  BOOST_TEST(after == (std::vector<float>{3, 0, -3, 1.5f}), boost::test_tools::per_element());
  proximal.after_update->after_update(after, {}, e.step(0, 4));  // 6 is more than its length
  BOOST_TEST(after == (std::vector<float>{0, 0, 0, 0}), boost::test_tools::per_element());
  proximal.after_update->after_update(after, {}, e.step(0, 4));  // and at rest it stays
  BOOST_TEST(after == (std::vector<float>{0, 0, 0, 0}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_group_is_all_weights_that_leave_an_input_and_all_biases_of_a_layer) {
  SmallStudy study({3, 4, 9});
  for (Layer& l : study.start.layers) l.W.fill(1), l.b.fill(1);
  const double inputs = 3 * 2 * 2 + 4 * 3 * 3, biases = 2 * 2 + 3 * 3;  // each sqrt(m) * |w_j| = m
  BOOST_TEST(study.model_of(lasso("1"))->weight_penalty(study.start) == inputs);
  BOOST_TEST(study.model_of(lasso("1", "subgradient", with_biases()))->weight_penalty(study.start) == inputs + biases);
}

BOOST_AUTO_TEST_CASE(the_proximal_form_switches_off_whole_inputs) {
  SmallStudy study;
  study.samples.bytes.rows(0, 9).zeros();  // inputs that say nothing
  const auto model = study.model_of(lasso("0.001", "proximal", only_layer(1)));
  study.train(*model, 0, 1500);
  const arma::fmat& W = model->network().layer(1).W;
  std::size_t off = 0, in_part = 0;
  for (arma::uword j = 0; j < W.n_cols; ++j) {
    const auto zeros = arma::accu(W.col(j) == 0);
    off += zeros == W.n_rows;
    in_part += zeros > 0 && zeros < W.n_rows;
  }
  BOOST_TEST(arma::all(arma::vectorise(W.head_cols(10)) == 0));
  BOOST_TEST(off < W.n_cols);
  BOOST_TEST(in_part == 0u);
}

BOOST_AUTO_TEST_CASE(a_part_of_a_group_is_refused) {
  const std::vector<float> w(4);
  BOOST_CHECK_THROW(lasso("1").weight_penalty->value(w, {.first_output = 4}), std::logic_error);
}

BOOST_AUTO_TEST_SUITE_END()
