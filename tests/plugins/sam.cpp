// SAM: the displacement worked by hand (none for a zero gradient), and a step that uses the gradient at the displaced
// weights.
#include <boost/test/unit_test.hpp>

#include "support/small_model.hpp"

using namespace support;
using namespace pipeline;

namespace {

Network displaced(const Network& w, const Network& g, const char* rho) {
  const learning::Entry e = plugin("sam", {{"rho", rho}});
  Network ahead = w;
  e.look_ahead->displace(ahead, g, e.step(0, 0.1f));
  return ahead;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(sam)

BOOST_AUTO_TEST_CASE(matches_four_weights_worked_by_hand) {
  const Network w = {{{{{1, 1}}, {1}}, {{1}, {}}}}, g = {{{{{3, 0}}, {4}}, {{-12}, {}}}};  // |g| = 13
  BOOST_TEST(same_bits(displaced(w, g, "6.5"), {{{{{2.5f, 1}}, {3}}, {{-5}, {}}}}));
  BOOST_TEST(same_bits(displaced(w, g, "0"), w));
  const Network none = {{{{{0, 0}}, {0}}, {{0}, {}}}};
  BOOST_TEST(same_bits(displaced(w, none, "6.5"), w));
}

BOOST_AUTO_TEST_CASE(a_step_applies_the_gradient_of_the_displaced_weights_to_the_original_ones) {
  const SmallStudy study;
  SmallStudy ahead;
  ahead.start = displaced(study.start, study.model({})->gradient(0, study.inputs, study.batch(0)), "0.5");
  const Network g = ahead.model({})->gradient(0, ahead.inputs, ahead.batch(0));
  const auto model = study.model_of(plugin("sam", {{"rho", "0.5"}}));
  study.train(*model, 0, 1);
  for (std::size_t l = 1; l <= 3; ++l) {
    arma::fmat expected = study.start.layer(l).W;
    for (arma::uword i = 0; i < expected.n_elem; ++i) expected[i] = std::fma(-study.rate, g.layer(l).W[i], expected[i]);
    BOOST_TEST(same_bits(model->network().layer(l).W, expected));
  }
}

BOOST_AUTO_TEST_SUITE_END()
