// Power gradient: signs are kept, magnitudes are raised to the power, zeros stay zero.
#include <boost/test/unit_test.hpp>

#include "support/small_model.hpp"

using namespace support;
using namespace pipeline;

BOOST_AUTO_TEST_SUITE(power_gradient)

BOOST_AUTO_TEST_CASE(matches_four_elements_worked_by_hand) {
  const learning::Entry e = plugin("power_gradient", {{"power", "0.5"}});
  std::vector<float> g = {4, -9, 0, -0.0f};
  const std::vector<float> w(4);
  e.gradient->change(w, g, {}, e.step(0, 0.1f));
  BOOST_TEST(g == (std::vector<float>{2, -3, 0, 0}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(biases_are_covered_only_on_request) {
  const SmallStudy study;
  const auto gradient = [&](learning::Entries entries) {
    return study.model(std::move(entries))->gradient(0, study.inputs, study.batch(0));
  };
  const auto with = [](learning::Scope scope) {
    learning::Entries entries;
    entries.push_back(plugin("power_gradient", {{"power", "0.5"}}, std::move(scope)));
    return entries;
  };
  const Network plain = gradient({}), weights = gradient(with({})), both = gradient(with(with_biases()));
  BOOST_TEST(same_bits(plain.layer(2).b, weights.layer(2).b));
  BOOST_TEST(!same_bits(plain.layer(2).W, weights.layer(2).W));
  BOOST_TEST(!same_bits(plain.layer(2).b, both.layer(2).b));
  BOOST_TEST(same_bits(weights.layer(2).W, both.layer(2).W));
}

BOOST_AUTO_TEST_SUITE_END()
