// DropConnect: weights are 0 or divided by keep_prob at the stated rate; one mask per step for forward and backward.
#include <boost/test/unit_test.hpp>

#include "support/small_model.hpp"

using namespace support;
using namespace pipeline;

namespace {

Layer dropped(const char* keep_prob, std::uint64_t step, std::size_t layer = 1, bool back = false) {
  const learning::Entry e = plugin("dropconnect", {{"keep_prob", keep_prob}});
  Layer l{arma::fmat(100, 400, arma::fill::ones), arma::fvec(100, arma::fill::ones)};
  back ? e.weight->backward(l, layer, e.step(step, 0.1f)) : e.weight->forward(l, layer, e.step(step, 0.1f));
  return l;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(dropconnect)

BOOST_AUTO_TEST_CASE(kept_weights_are_scaled_and_backward_uses_the_same_mask) {
  for (const char* keep : {"0.5", "0.8"}) {
    const Layer forward = dropped(keep, 3), backward = dropped(keep, 3, 1, true);
    BOOST_TEST(same_bits(forward.W, backward.W));
    BOOST_TEST(same_bits(forward.b, backward.b));
    const arma::fvec all = arma::join_cols(arma::vectorise(forward.W), forward.b);
    const double n = double(all.n_elem), p = std::stod(keep), kept = double(arma::accu(all != 0));
    BOOST_TEST(arma::all(all == 0 || all == 1 / std::stof(keep)));
    // 5 sd of a binomial count: one false alarm in two million, and the seed fixes the draws anyway.
    BOOST_TEST(std::abs(kept - n * p) < 5 * std::sqrt(n * p * (1 - p)));
  }
}

BOOST_AUTO_TEST_CASE(masks_differ_between_steps_layers_and_biases) {
  const arma::fmat a = dropped("0.5", 3).W;
  for (const arma::fmat& b : {dropped("0.5", 4).W, dropped("0.5", 3, 2).W}) {
    const double n = double(a.n_elem), same = double(arma::accu(arma::umat((a > 0) == (b > 0))));
    BOOST_TEST(std::abs(same - n / 2) < 5 * std::sqrt(n) / 2);  // independent coins agree half of the time: 5 sd
  }
  const Layer l = dropped("0.5", 3);
  BOOST_TEST(!same_bits(arma::fvec(l.W.col(0)), l.b));
}

BOOST_AUTO_TEST_CASE(dropped_weights_are_not_updated_and_measuring_drops_none) {
  const SmallStudy study;
  const learning::Entry e = plugin("dropconnect", {}, only_layer(2));
  Layer mask{arma::fmat(12, 16, arma::fill::ones), {}};
  e.weight->forward(mask, 2, e.step(0, study.rate));
  const auto model = study.model_of(e);
  study.train(*model, 0, 1);
  const arma::fmat &before = study.start.layer(2).W, &after = model->network().layer(2).W;
  const arma::uvec dropped_weights = arma::find(mask.W == 0);
  BOOST_TEST(dropped_weights.n_elem > 50u);  // of 192
  BOOST_TEST(arma::all(before(dropped_weights) == after(dropped_weights)));
  BOOST_TEST(!same_bits(before, after));
  BOOST_TEST(same_bits(model->measured_network(), model->network()));
}

BOOST_AUTO_TEST_SUITE_END()
