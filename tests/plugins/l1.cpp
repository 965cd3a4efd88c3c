// l1: penalty and subgradient against values worked by hand; the proximal form produces exact zeros and does not change
// the gradient.
#include <boost/test/unit_test.hpp>

#include "support/small_model.hpp"

using namespace support;
using namespace pipeline;

namespace {

std::size_t zeros_after_training(const char* form) {
  const SmallStudy study;
  const auto model = study.model_of(plugin("l1", {{"lambda", "0.02"}, {"form", form}}));
  study.train(*model, 0, 40);
  std::size_t zeros = 0;
  for (const Layer& l : model->network().layers) zeros += arma::accu(l.W == 0);
  return zeros;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(l1)

BOOST_AUTO_TEST_CASE(matches_three_weights_worked_by_hand) {
  const std::vector<float> w = {2, -4, 0};
  for (const char* form : {"subgradient", "proximal"}) {
    const learning::Entry e = plugin("l1", {{"lambda", "0.5"}, {"form", form}});
    std::vector<float> g = {1, 1, 1}, after = w;
    BOOST_TEST(e.weight_penalty->value(w, {}, first_step) == 3);
    e.weight_penalty->add_gradient(w, g, {}, first_step);
    e.after_update->after_update(after, {}, e.step(0, 0.5f));  // threshold 1/4
    const bool proximal = form == std::string("proximal");
    BOOST_TEST(g == (proximal ? std::vector<float>{1, 1, 1} : std::vector<float>{1.5f, .5f, 1}),
               boost::test_tools::per_element());
    BOOST_TEST(after == (proximal ? std::vector<float>{1.75f, -3.75f, 0} : w), boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(the_soft_threshold_matches_values_worked_by_hand) {
  const learning::Entry e = plugin("l1", {{"lambda", "0.5"}, {"form", "proximal"}});
  std::vector<float> w = {.75f, .25f, -.25f, .125f, -.5f, 0};
  e.after_update->after_update(w, {}, e.step(0, 0.5f));
  BOOST_TEST(w == (std::vector<float>{.5f, 0, 0, 0, -.25f, 0}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(only_the_proximal_form_produces_exact_zeros) {
  BOOST_TEST(zeros_after_training("subgradient") == 0u);
  BOOST_TEST(zeros_after_training("proximal") > 50u);  // of 572 weights
}

BOOST_AUTO_TEST_CASE(nan_weights_stay_nan) {
  const learning::Entry e = plugin("l1", {{"form", "proximal"}});
  std::vector<float> w = {std::nanf("")};
  e.after_update->after_update(w, {}, e.step(0, 0.5f));
  BOOST_TEST(std::isnan(w[0]));
}

BOOST_AUTO_TEST_SUITE_END()
