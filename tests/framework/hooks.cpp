// Every hook of a regulariser: called with the right shapes, layers and biases, in the right order, and with the effect
// that the contract documents. The regularisers are made for these tests and are part of this program.
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

BOOST_AUTO_TEST_CASE(a_batch_is_the_models_own_copy_with_one_column_per_sample) {
  const SmallStudy study;
  const auto seen = std::make_shared<BatchHook>();
  seen->what = [&](Batch& b, const Step& step) {
    BOOST_TEST((b.inputs.n_rows == 20 && b.inputs.n_cols == 12 && b.targets.n_rows == 5 && b.targets.n_cols == 12));
    BOOST_TEST(step.learning_rate == study.rate);
    arma::fmat expected;
    study.inputs.widen(study.batch(step.number), expected);
    BOOST_TEST(same_bits(b.inputs, expected));
    for (arma::uword n = 0; n < 12; ++n)
      BOOST_TEST(b.targets(study.samples.labels[study.batch(step.number)[n]], n) == 1);
    b.inputs *= 2;
  };
  const Network twice = trained(study, 3, entry("twice", seen));
  BOOST_TEST(seen->calls == 3);
  // The same as training on a dataset of twice the scale, so the dataset itself is unchanged.
  SmallStudy doubled;
  doubled.samples.scale = 2.0 / 255;
  const learning::Inputs scaled(doubled.samples);
  const auto model = doubled.model({});
  for (std::uint64_t t = 0; t < 3; ++t) model->step(t, scaled, doubled.batch(t));
  BOOST_TEST(same_bits(twice, model->network()));
}

BOOST_AUTO_TEST_CASE(activations_are_changed_at_the_declared_place_and_layer) {
  const SmallStudy study;
  using Calls = std::vector<std::string>;
  const auto calls_of = [&](Where where, const Scope& scope) {
    const auto hook = std::make_shared<ActivationHook>(where);
    trained(study, 1, entry("hook", hook, scope));
    return hook->calls;
  };
  const auto at = [](Where where, std::set<std::size_t> layers) {
    return std::pair(where, Scope{false, std::move(layers), false});
  };
  const std::vector<std::pair<std::pair<Where, Scope>, Calls>> table = {
      {{Where::after_relu, {}}, {"forward 1 16x12", "forward 2 12x12", "backward 2 12x12", "backward 1 16x12"}},
      {{Where::before_relu, {}}, {"forward 1 16x12", "forward 2 12x12", "backward 2 12x12", "backward 1 16x12"}},
      {{Where::inputs, {}}, {"forward 0 20x12"}},
      {at(Where::after_relu, {0, 2}), {"forward 0 20x12", "forward 2 12x12", "backward 2 12x12"}},
      {at(Where::before_relu, {1}), {"forward 1 16x12", "backward 1 16x12"}},
      {at(Where::before_relu, {0, 3}), {}},  // no hook at the inputs or the logits
      {at(Where::inputs, {0}), {"forward 0 20x12"}},
      {at(Where::inputs, {2}), {}},
  };
  for (const auto& [given, expected] : table)
    BOOST_TEST(calls_of(given.first, given.second) == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(before_relu_there_are_negative_values_and_after_relu_none) {
  const SmallStudy study;
  for (const Where where : {Where::before_relu, Where::after_relu}) {
    const auto hook = std::make_shared<ActivationHook>(where);
    bool negative = false;
    hook->forward_ = [&](Activations h, const Step&) { negative |= h.values.min() < 0; };
    trained(study, 1, entry("hook", hook));
    BOOST_TEST(negative == (where == Where::before_relu));
  }
}

BOOST_AUTO_TEST_CASE(forward_hooks_run_in_file_order_and_backward_hooks_in_reverse) {
  const SmallStudy study;
  std::string order;
  const auto named = [&](char name) {
    const auto hook = std::make_shared<ActivationHook>(Where::after_relu);
    hook->forward_ = [&order, name](Activations h, const Step&) {
      if (h.layer == 1) order += name;
    };
    hook->backward_ = [&order, name](Activations h, const Step&) {
      if (h.layer == 1) order += name;
    };
    return hook;
  };
  trained(study, 1, entry("a", named('a')), entry("b", named('b')), entry("c", named('c')));
  BOOST_TEST(order == "abccba");
}

BOOST_AUTO_TEST_CASE(scaling_an_activation_by_two_is_like_scaling_the_next_weights_by_two) {
  // W2 (2 h) = (2 W2) h: the gradient with respect to W1 is that of a network with W2 twice as large. The results are
  // equal to the bit because 2 is a power of 2.
  SmallStudy study, doubled;
  doubled.start.layer(2).W *= 2;
  for (const Where where : {Where::before_relu, Where::after_relu}) {
    const auto hook = std::make_shared<ActivationHook>(where);
    hook->forward_ = hook->backward_ = [](Activations h, const Step&) { h.values *= 2; };
    const Network scaled =
        study.model_of(entry("twice", hook, only_layer(1)))->gradient(0, study.inputs, study.batch(0));
    const Network expected = doubled.model({})->gradient(0, doubled.inputs, doubled.batch(0));
    BOOST_TEST(same_bits(scaled.layer(1).W, expected.layer(1).W));
    BOOST_TEST(same_bits(scaled.layer(1).b, expected.layer(1).b));
    BOOST_TEST(same_bits(scaled.layer(3).W, expected.layer(3).W));
    BOOST_TEST(same_bits(scaled.layer(2).W,
                         arma::fmat(expected.layer(2).W * 2)));  // W2's gradient has a factor h, which is doubled
  }
}

BOOST_AUTO_TEST_CASE(a_pass_uses_the_changed_weights_and_the_update_the_adjoint) {
  SmallStudy study, doubled;
  doubled.start.layer(2).W *= 2;
  const auto hook = std::make_shared<WeightHook>();
  hook->forward_ = [](Layer& l) { l.W *= 2; };
  hook->backward_ = [](Layer& l) { l.W *= 2; };
  hook->measure_ = [](Layer& l) { l.W *= 4; };
  const auto model = study.model_of(entry("twice", hook, only_layer(2)));
  const Network g = model->gradient(0, study.inputs, study.batch(0));
  const Network expected = doubled.model({})->gradient(0, doubled.inputs, doubled.batch(0));
  BOOST_TEST(same_bits(g.layer(1).W, expected.layer(1).W));
  BOOST_TEST(same_bits(g.layer(2).W, arma::fmat(expected.layer(2).W * 2)));
  BOOST_TEST(same_bits(model->network(), study.start));  // the pass worked on a copy
  BOOST_TEST(model->measures_other_weights());
  BOOST_TEST(same_bits(model->measured_network().layer(2).W, arma::fmat(study.start.layer(2).W * 4)));
  BOOST_TEST(same_bits(model->measured_network().layer(1).W, study.start.layer(1).W));
}

BOOST_AUTO_TEST_CASE(changes_of_weights_nest_as_changes_of_activations_do) {
  const SmallStudy study;
  std::string order;
  const auto named = [&](char name) {
    const auto hook = std::make_shared<WeightHook>();
    hook->forward_ = hook->backward_ = [&order, name](Layer&) { order += name; };
    return hook;
  };
  trained(study, 1, entry("a", named('a'), only_layer(1)), entry("b", named('b'), only_layer(1)));
  BOOST_TEST(order == "abba");
}

BOOST_AUTO_TEST_CASE(a_layer_hook_gets_biases_only_if_its_entry_includes_them) {
  const SmallStudy study({20, 16, 12, 5}, false);
  for (const bool biases : {false, true}) {
    const Scope scope{true, {}, biases};
    const auto expect = [&](const Layer& l, std::size_t layer) {
      BOOST_TEST((l.W.n_rows == study.shape.outputs(layer) && l.W.n_cols == study.shape.inputs(layer)));
      BOOST_TEST(l.b.n_elem == (biases && layer < 3 ? l.W.n_rows : 0));
    };
    const auto weight = std::make_shared<WeightHook>();
    weight->with_layer = expect;
    const auto penalty = std::make_shared<LayerPenaltyHook>();
    penalty->look = [&](const Layer& w, const LayerPass& pass, const Layer* gradient) {
      expect(w, pass.layer);
      if (gradient) expect(*gradient, pass.layer);
      BOOST_TEST(
          (pass.x.n_rows == w.W.n_cols && pass.x.n_cols == 12 && pass.z.n_rows == w.W.n_rows && pass.z.n_cols == 12));
    };
    const auto after = std::make_shared<AfterLayerHook>();
    after->what = [&](arma::fmat& W, arma::fvec& b, std::size_t layer) { expect({W, b}, layer); };
    const auto model = study.model_of(entry("w", weight, scope), entry("p", penalty, scope), entry("a", after, scope));
    study.train(*model, 0, 2);
    BOOST_TEST((weight->calls == 12 && penalty->calls == 6 && after->calls == 6));
    model->measured_network();
    for (const Layer& l : model->network().layers)
      BOOST_TEST(l.b.n_elem == (&l == &model->network().layers.back() ? 0 : l.W.n_rows));
  }
}

BOOST_AUTO_TEST_CASE(tiles_cover_every_selected_array_exactly_once) {
  const SmallStudy study({20, 16, 12, 5}, false);
  const auto numbers = [&](const Scope& scope) {
    const auto penalty = std::make_shared<TileHooks>();
    trained(study, 1, entry("tiles", penalty, scope));
    for (const auto* seen : {&penalty->gradient_tiles, &penalty->change_tiles, &penalty->update_tiles})
      BOOST_TEST((*seen == penalty->gradient_tiles));
    std::size_t sum = 0;
    for (const auto& [place, length] : penalty->gradient_tiles) sum += length;
    BOOST_TEST(penalty->repeated == 0);
    return sum;
  };
  const std::size_t w1 = 20 * 16, w2 = 16 * 12, w3 = 12 * 5;
  BOOST_TEST(numbers({}) == w1 + w2 + w3);
  BOOST_TEST(numbers(everything) == w1 + w2 + w3 + 16 + 12);
  BOOST_TEST(numbers(only_layer(2)) == w2);
  BOOST_TEST(numbers({false, {1, 3}, true}) == w1 + w3 + 16);
  BOOST_TEST(numbers(only_layer(0)) == 0u);
}

BOOST_AUTO_TEST_CASE(a_tile_is_at_the_place_that_it_states) {
  const SmallStudy study;
  const auto hook = std::make_shared<TileHooks>();
  // Writes a number to each place that encodes layer, kind, input and output.
  hook->after = [](std::span<float> w, const Tile& t) {
    for (std::size_t k = 0; k < w.size(); ++k)
      w[k] = static_cast<float>(1000 * t.layer + (t.kind == Kind::bias ? 500 : 20 * t.input) + k);
  };
  const Network marked = trained(study, 1, entry("marks", hook, everything));
  for (std::size_t l = 1; l <= 3; ++l)
    for (arma::uword k = 0; k < marked.layer(l).outputs(); ++k) {
      BOOST_TEST(marked.layer(l).b(k) == static_cast<float>(1000 * l + 500 + k));
      for (arma::uword j = 0; j < marked.layer(l).inputs(); ++j)
        BOOST_REQUIRE(marked.layer(l).W(k, j) == static_cast<float>(1000 * l + 20 * j + k));
    }
}

BOOST_AUTO_TEST_CASE(penalty_change_update_and_hook_after_it_run_in_this_order) {
  const SmallStudy study;
  const auto hook = std::make_shared<TileHooks>();
  // 3 replaces the gradient of the loss; the change makes it 7.
  hook->add = [](std::span<const float>, std::span<float> g) { std::ranges::fill(g, 3.0f); };
  hook->change_ = [](std::span<const float>, std::span<float> g) {
    for (float& x : g) x = x * 2 + 1;
  };
  hook->after = [](std::span<float> w, const Tile&) {
    for (float& x : w) x *= 0.5f;
  };
  const Network after = trained(study, 1, entry("all", hook, everything));
  for (std::size_t l = 1; l <= 3; ++l) {
    arma::fmat expected = study.start.layer(l).W;
    for (float& w : expected) w = std::fma(-study.rate, 7.0f, w) * 0.5f;
    BOOST_TEST(same_bits(after.layer(l).W, expected));
  }
}

BOOST_AUTO_TEST_CASE(the_network_gradient_hook_runs_after_the_tile_hooks) {
  const SmallStudy study;
  const auto tiles = std::make_shared<TileHooks>();
  tiles->change_ = [](std::span<const float>, std::span<float> g) { std::ranges::fill(g, 2.0f); };
  const auto whole = std::make_shared<NetworkHook>();
  whole->what = [&](const Network& w, Network& g) {
    BOOST_TEST(same_bits(w, study.start));
    for (Layer& l : g.layers) {
      BOOST_TEST((arma::all(arma::vectorise(l.W) == 2) && arma::all(l.b == 2)));
      l.W.fill(-1), l.b.zeros();
    }
  };
  const Network after = trained(study, 1, entry("whole", whole), entry("tiles", tiles, everything));
  for (std::size_t l = 1; l <= 3; ++l) {
    arma::fmat expected = study.start.layer(l).W;
    for (float& w : expected) w = std::fma(-study.rate, -1.0f, w);
    BOOST_TEST(same_bits(after.layer(l).W, expected));
    BOOST_TEST(same_bits(after.layer(l).b, study.start.layer(l).b));
  }
}

BOOST_AUTO_TEST_CASE(a_stored_gradient_has_the_same_bits_as_a_streamed_one) {
  const SmallStudy study({300, 16, 12, 5});  // more inputs than are processed at a time
  const auto idle = [] { return entry("idle", std::make_shared<NetworkHook>()); };
  BOOST_TEST(same_bits(trained(study, 25), trained(study, 25, idle())));
  const auto all = [] {
    return std::tuple(plugin("dropout"), plugin("l2", {{"lambda", "0.01"}}, everything), plugin("power_gradient"),
                      plugin("max_norm", {{"limit", "0.9"}}));
  };
  const Network streamed = std::apply([&](auto... e) { return trained(study, 25, std::move(e)...); }, all());
  const Network stored = std::apply([&](auto... e) { return trained(study, 25, std::move(e)..., idle()); }, all());
  BOOST_TEST(same_bits(streamed, stored));
  BOOST_TEST(!same_bits(streamed, trained(study, 25)));
}

BOOST_AUTO_TEST_CASE(looking_ahead_takes_the_gradient_elsewhere_and_updates_the_original_weights) {
  SmallStudy study;
  const auto hook = std::make_shared<LookAheadHook>();
  Network there;
  hook->what = [&](Network& w, const Network& g) {
    BOOST_TEST(same_bits(w, study.start));
    BOOST_TEST(same_bits(g, study.model_of(plugin("dropout"))->gradient(0, study.inputs, study.batch(0))));
    for (std::size_t l = 1; l <= 3; ++l) w.layer(l).W += 0.5f * g.layer(l).W;
    there = w;
  };
  const Network after = trained(study, 1, plugin("dropout"), entry("ahead", hook));
  BOOST_TEST(hook->calls == 1);
  SmallStudy elsewhere;
  elsewhere.start = there;
  const Network g =
      elsewhere.model_of(plugin("dropout"))->gradient(0, study.inputs, study.batch(0));  // same batch, same masks
  for (std::size_t l = 1; l <= 3; ++l) {
    arma::fmat expected = study.start.layer(l).W;
    for (arma::uword i = 0; i < expected.n_elem; ++i) expected[i] = std::fma(-study.rate, g.layer(l).W[i], expected[i]);
    BOOST_TEST(same_bits(after.layer(l).W, expected));
  }
  BOOST_CHECK_THROW(
      study.model_of(entry("one", std::make_shared<LookAheadHook>()), entry("two", std::make_shared<LookAheadHook>())),
      learning::HookFailure);
}

BOOST_AUTO_TEST_CASE(looking_ahead_leaves_to_later_hooks_what_the_first_pass_left) {
  const SmallStudy study;
  const auto look = std::make_shared<LookAheadHook>();
  look->what = [](Network& w, const Network&) { w.layer(1).W *= 2; };
  const auto scale = std::make_shared<TrainedScale>();  // its forward call leaves z in `seen`
  const auto ahead = study.model_of(entry("scale", scale), entry("look", look)),
             alone = study.model_of(entry("scale", std::make_shared<TrainedScale>()));
  study.train(*ahead, 0, 1), study.train(*alone, 0, 1);
  for (const std::size_t layer : {1, 2})
    BOOST_TEST(same_bits(ahead->states().all().at("scale.seen").values.at(layer),
                         alone->states().all().at("scale.seen").values.at(layer)));
}

BOOST_AUTO_TEST_CASE(hooks_after_the_update_run_in_file_order) {
  const SmallStudy study;
  std::string order;
  const auto layer_hook = std::make_shared<AfterLayerHook>();
  layer_hook->what = [&](arma::fmat&, arma::fvec&, std::size_t l) {
    if (l == 1) order += 'L';
  };
  const auto tile_hook = [&](char name) {
    const auto hook = std::make_shared<TileHooks>();
    hook->after = [&order, name](std::span<float>, const Tile& t) {
      if (t.layer == 1 && t.input == 0) order += name;
    };
    return hook;
  };
  trained(study, 1, entry("a", tile_hook('a')), entry("l", layer_hook), entry("b", tile_hook('b')));
  BOOST_TEST(order == "aLb");
}

BOOST_AUTO_TEST_SUITE_END()
