// l2: lambda / 2 * sum of squares, including the factor 1/2; biases only on request.
#include <boost/test/unit_test.hpp>

#include "support/small_model.hpp"

using namespace support;
using namespace pipeline;

BOOST_AUTO_TEST_SUITE(l2)

BOOST_AUTO_TEST_CASE(matches_three_weights_worked_by_hand) {
  const learning::Entry e = plugin("l2", {{"lambda", "0.5"}});
  const std::vector<float> w = {2, -4, 0};
  std::vector<float> g = {1, 1, 1};
  BOOST_TEST(e.weight_penalty->value(w, {}, first_step) == 5);  // .5 / 2 * (4 + 16): every number is exact
  e.weight_penalty->add_gradient(w, g, {}, first_step);
  BOOST_TEST(g == (std::vector<float>{2, -1, 1}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_penalty_covers_every_matrix_and_biases_on_request) {
  SmallStudy study({3, 2, 2});
  for (Layer& l : study.start.layers) l.W.fill(2), l.b.fill(4);
  const double weights = 0.5 / 2 * (6 + 4) * 4, biases = 0.5 / 2 * (2 + 2) * 16;
  const Values half = {{"lambda", "0.5"}};
  const auto penalty = [&](learning::Scope scope) {
    return study.model_of(plugin("l2", half, scope))->weight_penalty(study.start);
  };
  BOOST_TEST(penalty({}) == weights);
  BOOST_TEST(penalty(with_biases()) == weights + biases);
  BOOST_TEST(penalty(only_layer(2)) == 0.5 / 2 * 4 * 4);
}

BOOST_AUTO_TEST_SUITE_END()
