// What hooks keep and train: state, arrays that follow the gradient, copies of a model, random numbers.
#include <boost/test/unit_test.hpp>

#include <functional>
#include <mutex>
#include <numeric>

#include "kernels/elementwise.hpp"
#include "learning/loss.hpp"
#include "support/home_made.hpp"

using namespace support;
using namespace home_made;
using namespace pipeline;
using learning::Scope;

BOOST_AUTO_TEST_SUITE(hooks)

BOOST_AUTO_TEST_CASE(state_outlasts_steps_and_can_be_used_for_measuring) {
  const SmallStudy study;
  const auto mean = std::make_shared<MeanOfWeights>();
  const auto model = study.model_of(entry("mean", mean, everything)), plain = study.model({});
  Network sum = study.start;
  for (Layer& l : sum.layers) l.W.zeros(), l.b.zeros();
  for (std::uint64_t t = 0; t < 20; ++t) {
    study.train(*model, t, t + 1);
    study.train(*plain, t, t + 1);
    for (std::size_t l = 1; l <= 3; ++l)
      sum.layer(l).W += plain->network().layer(l).W, sum.layer(l).b += plain->network().layer(l).b;
  }
  BOOST_TEST(same_bits(model->network(), plain->network()));  // the average does not affect training
  BOOST_TEST(model->measures_other_weights());
  const Network measured = model->measured_network();
  for (std::size_t l = 1; l <= 3; ++l) {
    // Both sides add twenty numbers below 1 in float32.
    BOOST_TEST(arma::abs(measured.layer(l).W - sum.layer(l).W / 20).max() < 20 * 6e-8);
    BOOST_TEST(arma::abs(measured.layer(l).b - sum.layer(l).b / 20).max() < 20 * 6e-8);
    BOOST_TEST(arma::abs(measured.layer(l).W - plain->network().layer(l).W).max() > 1e-3);
  }
}

BOOST_AUTO_TEST_CASE(state_starts_as_declared_and_belongs_to_one_entry) {
  const SmallStudy study;
  const auto one = std::make_shared<MeanOfWeights>(), two = std::make_shared<MeanOfWeights>();
  const auto model = study.model_of(entry("one", one), entry("two", two));
  const auto is_zero = [](float x) { return x == 0; };
  const arma::fmat& W = study.start.layer(2).W;
  for (std::size_t j = 0; j < W.n_cols; ++j) {
    const Tile tile{2, Kind::weights, j};
    BOOST_TEST(std::ranges::all_of(one->sum.at(tile), is_zero));
    BOOST_TEST(std::ranges::equal(one->first.at(tile), std::span(W.colptr(j), W.n_rows)));
    std::ranges::fill(one->sum.at(tile), 7.f);
    BOOST_TEST(std::ranges::all_of(two->sum.at(tile), is_zero));
  }
  BOOST_TEST(same_bits(model->network(), study.start));
}

BOOST_AUTO_TEST_CASE(a_hook_before_the_update_changes_weights_after_the_gradient_was_computed) {
  const SmallStudy study;
  const Network g = study.model({})->gradient(0, study.inputs, study.batch(0));
  const Network streamed = trained(study, 1, entry("half", std::make_shared<ShrinkBefore>())),
                stored = trained(study, 1, entry("half", std::make_shared<ShrinkBefore>()),
                                 entry("idle", std::make_shared<NetworkHook>()));
  for (std::size_t l = 1; l <= 3; ++l) {
    arma::fmat expected = study.start.layer(l).W;
    for (arma::uword i = 0; i < expected.n_elem; ++i)
      expected[i] = std::fma(-study.rate, g.layer(l).W[i], expected[i] * 0.5f);
    BOOST_TEST(same_bits(streamed.layer(l).W, expected));
  }
  BOOST_TEST(same_bits(streamed, stored));
}

BOOST_AUTO_TEST_CASE(weights_of_a_pass_may_be_changed_tile_by_tile) {
  /// Scales the weights of each input by its own draw, and the biases by another.
  struct ByTile final : Regulariser, WeightTileChange {
    static float factor(const Tile& t, const Step& step) {
      return static_cast<float>(
          .5 +
          step.random.in_layer(static_cast<std::uint32_t>(t.layer)).uniform(t.kind == Kind::bias ? 1000 : t.input));
    }
    static void scale(std::span<float> w, float by) {
      for (float& x : w) x *= by;
    }
    void forward_tile(std::span<float> w, const Tile& t, const Step& s) const override { scale(w, factor(t, s)); }
    void backward_tile(std::span<float> g, const Tile& t, const Step& s) const override { scale(g, factor(t, s)); }
    void measure_tile(std::span<float> w, const Tile& t) const override { scale(w, t.kind == Kind::bias ? 1 : 2); }
  };
  struct ByLayer final : Regulariser, WeightChange {
    static void scale(Layer& l, std::size_t layer, const Step& s) {
      for (std::size_t j = 0; j < l.inputs(); ++j) l.W.col(j) *= ByTile::factor({layer, Kind::weights, j}, s);
      if (!l.b.is_empty()) l.b *= ByTile::factor({layer, Kind::bias}, s);
    }
    void forward(Layer& l, std::size_t layer, const Step& s) const override { scale(l, layer, s); }
    void backward(Layer& l, std::size_t layer, const Step& s) const override { scale(l, layer, s); }
  };
  const SmallStudy study;
  for (const learning::Scope& scope : {learning::Scope{}, with_biases(), only_layer(2)}) {
    const auto tiles = study.model_of(entry("change", std::make_shared<ByTile>(), scope)),
               layers = study.model_of(entry("change", std::make_shared<ByLayer>(), scope)), none = study.model({});
    for (learning::Model* m : {tiles.get(), layers.get(), none.get()}) study.train(*m, 0, 5);
    BOOST_TEST(same_bits(tiles->network(), layers->network()));
    BOOST_TEST(!same_bits(tiles->network(), none->network()));
    const Network measured = tiles->measured_network();
    BOOST_TEST(same_bits(measured.layer(2).W, arma::fmat(tiles->network().layer(2).W * 2)));
    BOOST_TEST(same_bits(measured.layer(2).b, tiles->network().layer(2).b));
  }
}

BOOST_AUTO_TEST_CASE(a_trained_array_follows_the_gradient_of_the_loss) {
  const SmallStudy study;
  const auto hook = std::make_shared<TrainedScale>();
  const auto model = study.model_of(entry("scale", hook));
  study.train(*model, 0, 1);
  // The loss of batch 0 in double, at the starting weights, with unit 3 of layer 1 scaled by s.
  const auto loss_with = [&](float s) {
    learning::Pass pass;
    arma::fmat inputs;
    study.inputs.widen(study.batch(0), inputs);
    Network scaled = study.start;
    scaled.layer(1).W.row(3) *= s, scaled.layer(1).b(3) *= s;
    pass.x = {inputs};
    support::forward({kernels::Products(), {}, {0, 0, Random(0)}, learning::Form::measuring, NetworkShape()}, scaled,
                     pass);
    std::vector<std::uint16_t> labels;
    for (const std::uint32_t n : study.batch(0)) labels.push_back(study.samples.labels[n]);
    std::vector<double> losses(labels.size());
    learning::sample_losses(LossFunction::cross_entropy, pass.logits(), labels, losses);
    return std::accumulate(losses.begin(), losses.end(), 0.0) / static_cast<double>(losses.size());
  };
  const double slope = (loss_with(1 + 1.f / 64) - loss_with(1 - 1.f / 64)) * 32,
               moved = (1.0 - hook->scale.at(1)(3)) / study.rate;
  BOOST_TEST(std::abs(slope) > 1e-4);
  // 1 part in 100: the curvature over 1/64, and the rounding of a step of at most 1e-3 from a float32 near 1.
  BOOST_TEST(moved == slope, boost::test_tools::tolerance(1e-2));
}

BOOST_AUTO_TEST_CASE(tile_hooks_run_on_trained_arrays_only_with_biases) {
  const SmallStudy study;
  for (const bool biases : {false, true}) {
    const auto scale = std::make_shared<TrainedScale>();
    const auto tiles = std::make_shared<TileHooks>();
    tiles->change_ = [](std::span<const float>, std::span<float> g) { std::ranges::fill(g, 0.0f); };
    const auto model = study.model_of(entry("scale", scale), entry("still", tiles, biases ? everything : Scope{}));
    study.train(*model, 0, 1);
    BOOST_TEST((arma::abs(scale->scale.at(2) - 1).max() == 0) == biases);
    BOOST_TEST(tiles->change_tiles.contains({1, Kind::own, 0}) == biases);
    BOOST_TEST(tiles->repeated == 0);
  }
}

BOOST_AUTO_TEST_CASE(a_copy_continues_with_the_same_bits_and_independently) {
  const SmallStudy study;
  auto remade = entry("scale", std::make_shared<TrainedScale>());
  remade.remake = [] { return std::make_shared<TrainedScale>(); };
  const auto model = study.model_of(plugin("dropout"), std::move(remade));
  BOOST_CHECK_THROW(model->copy(), std::logic_error);  // the entry of dropout cannot make a new object
  auto other = entry("scale", std::make_shared<TrainedScale>());
  other.remake = [] { return std::make_shared<TrainedScale>(); };
  const auto one = study.model_of(std::move(other));
  study.train(*one, 0, 5);
  const auto twin = one->copy();
  one->remember(0);
  study.train(*twin, 5, 9);
  BOOST_TEST(!same_bits(one->network(), twin->network()));
  study.train(*one, 5, 9);
  BOOST_TEST(same_bits(one->network(), twin->network()));
  const auto& scales = [](const learning::Model& m) { return m.states().all().at("scale.scale").values.at(1); };
  BOOST_TEST(same_bits(scales(*one), scales(*twin)));
  one->restore();
  study.train(*one, 5, 9);
  BOOST_TEST(same_bits(scales(*one), scales(*twin)));
  BOOST_TEST(same_bits(one->network(), twin->network()));
}

BOOST_AUTO_TEST_CASE(random_numbers_depend_on_model_entry_and_step) {
  const SmallStudy study;
  std::vector<std::uint32_t> words;
  const auto hook = std::make_shared<BatchHook>();
  hook->what = [&](Batch&, const Step& step) { words.push_back(step.random.word(0)); };
  trained(study, 2, entry("one", hook), entry("two", hook));
  BOOST_TEST_REQUIRE(words.size() == 4u);
  for (const std::size_t i : {0, 1})
    for (const std::uint64_t t : {0, 1})
      BOOST_TEST(words[2 * t + i] == Random(1, "regulariser", "model", i ? "two" : "one").at_step(t).word(0));
}

BOOST_AUTO_TEST_SUITE_END()
