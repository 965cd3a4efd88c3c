// weight_average: both forms of the average from step `from` on, worked by hand; measuring uses it, training does not.
#include <boost/test/unit_test.hpp>

#include "support/scratch.hpp"
#include "support/small_model.hpp"

using namespace support;
using namespace pipeline;

namespace {

/// The measured weight after each update of a network of one weight, which is 8, 4, 2, ... after updates 0, 1, 2, ...
std::vector<float> measured(const Values& values) {
  const learning::Entry e = plugin("weight_average", values);
  const Network start = {{{{16}, {}}}};
  learning::States states(start);
  states.declare(e);
  states.complete();
  const Tile tile{1, Kind::weights, 0, 0};
  std::vector<float> out, w = {16};
  for (std::uint64_t step = 0; step < 4; ++step) {
    w[0] /= 2;
    e.after_update->after_update(w, tile, e.step(step, 0.1f));
    std::vector<float> copy = w;
    e.measured->measured(copy, tile);
    out.push_back(copy[0]);
  }
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(weight_average)

BOOST_AUTO_TEST_CASE(matches_one_weight_worked_by_hand) {
  using Floats = std::vector<float>;
  BOOST_TEST(measured({{"form", "exponential"}, {"decay", "0.75"}}) == (Floats{8, 7, 5.75f, 4.5625f}),
             boost::test_tools::per_element());
  BOOST_TEST(measured({{"form", "exponential"}, {"decay", "0.5"}, {"from", "2"}}) == (Floats{8, 4, 2, 1.5f}),
             boost::test_tools::per_element());
  BOOST_TEST(measured({{"form", "exponential"}, {"decay", "0"}}) == (Floats{8, 4, 2, 1}),
             boost::test_tools::per_element());
  BOOST_TEST(measured({{"form", "equal"}}) == (Floats{8, 6, 14.f / 3, 3.75f}), boost::test_tools::per_element());
  BOOST_TEST(measured({{"form", "equal"}, {"from", "2"}}) == (Floats{8, 4, 2, 1.5f}), boost::test_tools::per_element());
  BOOST_TEST(measured({{"form", "equal"}, {"from", "9"}}) == (Floats{8, 4, 2, 1}),
             boost::test_tools::per_element());  // the average has not begun
}

BOOST_AUTO_TEST_CASE(a_model_is_measured_with_the_mean_of_its_weights_and_trains_without_it) {
  const SmallStudy study;
  const auto model = study.model_of(plugin("weight_average", {{"form", "equal"}, {"from", "10"}}, with_biases())),
             plain = study.model({});
  BOOST_TEST(same_bits(model->measured_network(), study.start));
  std::vector<arma::mat> W(3), b(3);
  for (std::uint64_t t = 0; t < 30; ++t) {
    study.train(*model, t, t + 1), study.train(*plain, t, t + 1);
    for (std::size_t l = 0; l < 3 && t >= 10; ++l) {
      const Layer& layer = plain->network().layers[l];
      if (t == 10) W[l].zeros(layer.W.n_rows, layer.W.n_cols), b[l].zeros(layer.b.n_elem, 1);
      W[l] += arma::conv_to<arma::mat>::from(layer.W) / 20, b[l] += arma::conv_to<arma::mat>::from(layer.b) / 20;
    }
  }
  BOOST_TEST(same_bits(model->network(), plain->network()));
  const Network mean = model->measured_network();
  for (std::size_t l = 0; l < 3; ++l) {
    // Twenty roundings of numbers below 1/2 to float32, 1.5e-8 each.
    BOOST_TEST(arma::abs(mean.layers[l].W - W[l]).max() < 20 * 1.5e-8);
    BOOST_TEST(arma::abs(mean.layers[l].b - b[l]).max() < 20 * 1.5e-8);
    BOOST_TEST(arma::abs(mean.layers[l].W - plain->network().layers[l].W).max() > 1e-3);
  }
}

BOOST_AUTO_TEST_CASE(biases_are_covered_by_default) {
  BOOST_TEST(load<Regulariser>("regulariser", "weight_average")->biases_by_default());
}

BOOST_AUTO_TEST_CASE(a_first_step_after_the_last_update_is_refused) {
  const auto complaint = [](const char* from, std::uint64_t steps) {
    return message_of([&] { plugin("weight_average", {{"from", from}}).object->check_training({20, steps}); });
  };
  BOOST_TEST(complaint("99", 100) == "");
  BOOST_TEST(complaint("0", 0) == "");  // nothing is trained at all
  check_says(complaint("100", 100), "from = 100 is after the last update, 99, so that nothing is averaged");
}

BOOST_AUTO_TEST_SUITE_END()
