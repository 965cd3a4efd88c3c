// Dropout: values are 0 or scaled by 1 / keep_prob at the stated rate, with the same mask for forward and backward.
#include <boost/test/unit_test.hpp>

#include "support/small_model.hpp"

using namespace support;
using namespace pipeline;

namespace {

struct Passes {
  arma::fmat forward, backward;
};
Passes dropped(const char* keep_prob, std::uint64_t step_number, std::size_t layer = 1) {
  const learning::Entry e = plugin("dropout", {{"keep_prob", keep_prob}});
  const Step step = e.step(step_number, 0.1f);
  Passes k{arma::fmat(100, 400, arma::fill::ones), arma::fmat(100, 400, arma::fill::value(3))};
  e.activation->forward({layer, k.forward}, step);
  e.activation->backward({layer, k.backward}, step);
  return k;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(dropout)

BOOST_AUTO_TEST_CASE(kept_values_are_scaled_and_backward_uses_the_same_mask) {
  for (const char* keep : {"0.5", "0.8"}) {
    const Passes k = dropped(keep, 3);
    const float scaled = 1 / std::stof(keep);
    std::size_t wrong = 0, kept = 0;
    for (arma::uword i = 0; i < k.forward.n_elem; ++i) {
      wrong += k.forward[i] != 0 && k.forward[i] != scaled;
      wrong += k.backward[i] != (k.forward[i] != 0 ? 3 * scaled : 0);
      kept += k.forward[i] != 0;
    }
    BOOST_TEST(wrong == 0u);
    const double n = double(k.forward.n_elem), p = std::stod(keep);
    // 5 sd of a binomial count: one false alarm in two million, and the seed fixes the draws anyway.
    BOOST_TEST(std::abs(double(kept) - n * p) < 5 * std::sqrt(n * p * (1 - p)));
  }
}

BOOST_AUTO_TEST_CASE(masks_differ_between_steps_and_layers) {
  const arma::fmat a = dropped("0.5", 3).forward;
  for (const arma::fmat& b : {dropped("0.5", 4).forward, dropped("0.5", 3, 2).forward}) {
    const double n = double(a.n_elem), same = double(arma::accu(arma::umat((a > 0) == (b > 0))));
    BOOST_TEST(std::abs(same - n / 2) < 5 * std::sqrt(n) / 2);  // independent coins agree half of the time: 5 sd
  }
  BOOST_TEST(same_bits(a, dropped("0.5", 3).forward));
}

BOOST_AUTO_TEST_CASE(inputs_are_covered_if_layers_contains_0) {
  const SmallStudy study;
  const auto changes = [](const learning::Entry& e, Where where, std::size_t layer) {
    return e.changes_activations(where, layer);
  };
  const learning::Entry all = plugin("dropout"), inputs = plugin("dropout", {}, only_layer(0));
  BOOST_TEST(!changes(all, Where::inputs, 0));
  BOOST_TEST(changes(all, Where::after_relu, 1));
  BOOST_TEST(changes(inputs, Where::inputs, 0));
  BOOST_TEST(!changes(inputs, Where::after_relu, 1));
}

BOOST_AUTO_TEST_CASE(measuring_changes_nothing) {
  const learning::Entry e = plugin("dropout");
  arma::fmat h(5, 7, arma::fill::ones);
  e.activation->measure({1, h});
  BOOST_TEST(same_bits(h, arma::fmat(5, 7, arma::fill::ones)));
}

BOOST_AUTO_TEST_SUITE_END()
