// elastic_net: scikit-learn's mixture worked by hand, and l1 and l2 at the two extremes.
#include <boost/test/unit_test.hpp>

#include "support/small_model.hpp"

using namespace support;
using namespace pipeline;

namespace {

const std::vector<float> w = {2, -4, 0};

std::pair<double, std::vector<float>> penalty_of(const learning::Entry& e) {
  std::vector<float> g(3);
  e.weight_penalty->add_gradient(w, g, {}, first_step);
  return {e.weight_penalty->value(w, {}, first_step), g};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(elastic_net)

BOOST_AUTO_TEST_CASE(matches_three_weights_worked_by_hand) {
  const auto [value, g] = penalty_of(plugin("elastic_net", {{"alpha", "2"}, {"l1_ratio", "0.25"}}));
  BOOST_TEST(value == 2 * (.25 * 6 + .75 / 2 * 20));  // 18
  BOOST_TEST(g == (std::vector<float>{.5f + 3, -.5f - 6, 0}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(its_extremes_equal_l1_and_l2) {
  BOOST_TEST((penalty_of(plugin("elastic_net", {{"alpha", "0.5"}, {"l1_ratio", "1"}})) ==
              penalty_of(plugin("l1", {{"lambda", "0.5"}}))));
  BOOST_TEST((penalty_of(plugin("elastic_net", {{"alpha", "0.5"}, {"l1_ratio", "0"}})) ==
              penalty_of(plugin("l2", {{"lambda", "0.5"}}))));
}

BOOST_AUTO_TEST_SUITE_END()
