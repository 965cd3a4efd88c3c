// Mistakes that a hook can make: the message names the entry, the hook and the step, and only the hook's model stops.
#include <boost/test/unit_test.hpp>

#include <limits>

#include "support/home_made.hpp"
#include "support/scratch.hpp"
#include "support/small_run.hpp"

using namespace support;
using namespace home_made;
using namespace pipeline;

namespace {

constexpr float nan = std::numeric_limits<float>::quiet_NaN();

/// Makes a step and a measurement of a model with this hook as its entry `culprit`, and returns the error message.
std::string failure_of(std::shared_ptr<Regulariser> hook) {
  const SmallStudy study;
  return message_of([&] {
    const auto model = study.model_of(entry("culprit", std::move(hook), with_biases()));
    model->step(0, study.inputs, study.batch(0));
    const Network measured = model->measured_network();
    model->weight_penalty(measured);
    learning::Pass pass;
    pass.x.resize(3);
    study.inputs.widen(study.batch(0), pass.x[0]);
    support::forward(
        {model->products(), model->entries(), {0, 0, Random(0)}, learning::Form::measuring, NetworkShape()}, measured,
        pass);
    model->batch_penalty(measured, pass, no_targets);
  });
}

template <class Hook>
std::shared_ptr<Hook> made(auto member, auto what, auto... arguments) {
  const auto hook = std::make_shared<Hook>(arguments...);
  (*hook).*member = what;
  return hook;
}

struct Wrong {
  std::string hook, part_of_the_message;
  std::shared_ptr<Regulariser> regulariser;
};

/// Every hook that can leave a number that is not finite.
std::vector<Wrong> not_finite() {
  const std::string finite = "not finite";
  return {
      {"BatchChange::change", finite,
       made<BatchHook>(&BatchHook::what, [](Batch& b, const Step&) { b.targets(0, 0) = nan; })},
      {"ActivationChange::forward", finite,
       made<ActivationHook>(
           &ActivationHook::forward_, [](Activations h, const Step&) { h.values(0, 0) = nan; }, Where::after_relu)},
      {"ActivationChange::backward", finite,
       made<ActivationHook>(
           &ActivationHook::backward_, [](Activations h, const Step&) { h.values(0, 0) = nan; }, Where::before_relu)},
      {"ActivationChange::measure", finite,
       made<ActivationHook>(
           &ActivationHook::measure_, [](Activations h) { h.values(0, 0) = nan; }, Where::inputs)},
      {"WeightChange::forward", finite, made<WeightHook>(&WeightHook::forward_, [](Layer& l) { l.W(0, 0) = nan; })},
      {"WeightChange::backward", finite, made<WeightHook>(&WeightHook::backward_, [](Layer& l) { l.b(0) = nan; })},
      {"WeightChange::measure", finite, made<WeightHook>(&WeightHook::measure_, [](Layer& l) { l.W(0, 0) = nan; })},
      {"WeightPenalty::add_gradient", finite,
       made<TileHooks>(&TileHooks::add, [](std::span<const float>, std::span<float> g) { g[0] = nan; })},
      {"WeightPenalty::value", finite,
       made<TileHooks>(&TileHooks::value_, [](std::span<const float>) { return double{nan}; })},
      {"LayerPenalty::add_gradient", finite,
       made<LayerPenaltyHook>(&LayerPenaltyHook::corrupt, [](Layer& l) { l.b(0) = nan; })},
      {"LayerPenalty::value", finite, made<LayerPenaltyHook>(&LayerPenaltyHook::value_, [] { return infinity; })},
      {"ActivationPenalty::add_gradient", finite,
       made<ActivationPenaltyHook>(&ActivationPenaltyHook::corrupt, [](arma::fmat& g) { g(0, 0) = nan; })},
      {"ActivationPenalty::value", finite,
       made<ActivationPenaltyHook>(&ActivationPenaltyHook::value_, [] { return double{nan}; })},
      {"GradientChange::change", finite,
       made<TileHooks>(&TileHooks::change_, [](std::span<const float>, std::span<float> g) { g[0] = nan; })},
      {"NetworkGradientChange::change", finite,
       made<NetworkHook>(&NetworkHook::what, [](const Network&, Network& g) { g.layer(2).b(0) = nan; })},
      {"LookAhead::displace", finite,
       made<LookAheadHook>(&LookAheadHook::what, [](Network& w, const Network&) { w.layer(3).W(0, 0) = nan; })},
      {"AfterUpdate::after_update", finite,
       made<TileHooks>(&TileHooks::after, [](std::span<float> w, const Tile&) { w[0] = nan; })},
      {"AfterLayerUpdate::after_update", finite,
       made<AfterLayerHook>(&AfterLayerHook::what, [](arma::fmat&, arma::fvec& b, std::size_t) { b(0) = nan; })},
      {"MeasuredWeights::measured", finite,
       made<MeasuredHook>(&MeasuredHook::what, [](std::span<float> w) { w[0] = nan; })},
  };
}

/// Every hook that can leave a wrong shape. Tiles and measured weights are spans, whose length cannot change.
std::vector<Wrong> other_shape() {
  return {
      {"BatchChange::change", "another shape",
       made<BatchHook>(&BatchHook::what, [](Batch& b, const Step&) { b.inputs.shed_row(0); })},
      {"BatchChange::change", "another shape",
       made<BatchHook>(&BatchHook::what, [](Batch& b, const Step&) { b.targets.shed_col(0); })},
      {"ActivationChange::forward", "turned a [16 x 12] matrix into a [15 x 12] one",
       made<ActivationHook>(
           &ActivationHook::forward_, [](Activations h, const Step&) { h.values.shed_row(0); }, Where::after_relu)},
      {"ActivationChange::backward", "turned a [12 x 12] matrix into a [12 x 11] one",
       made<ActivationHook>(
           &ActivationHook::backward_, [](Activations h, const Step&) { h.values.shed_col(0); }, Where::before_relu)},
      {"ActivationChange::measure", "turned a [20 x 12] matrix into a [19 x 12] one",
       made<ActivationHook>(
           &ActivationHook::measure_, [](Activations h) { h.values.shed_row(0); }, Where::inputs)},
      {"WeightChange::forward", "changed the shape of layer 1",
       made<WeightHook>(&WeightHook::forward_, [](Layer& l) { l.W.shed_row(0); })},
      {"WeightChange::backward", "changed the shape of layer 3",
       made<WeightHook>(&WeightHook::backward_, [](Layer& l) { l.b.reset(); })},
      {"WeightChange::measure", "changed the shape of layer 1",
       made<WeightHook>(&WeightHook::measure_, [](Layer& l) { l.W.shed_col(0); })},
      {"LayerPenalty::add_gradient", "changed the shape of layer 3",
       made<LayerPenaltyHook>(&LayerPenaltyHook::corrupt, [](Layer& l) { l.W.shed_col(0); })},
      {"ActivationPenalty::add_gradient", "turned a [12 x 12] matrix into a [11 x 12] one",
       made<ActivationPenaltyHook>(&ActivationPenaltyHook::corrupt, [](arma::fmat& g) { g.shed_row(0); })},
      {"NetworkGradientChange::change", "changed the shape",
       made<NetworkHook>(&NetworkHook::what, [](const Network&, Network& g) { g.layers.pop_back(); })},
      {"LookAhead::displace", "changed the shape",
       made<LookAheadHook>(&LookAheadHook::what, [](Network& w, const Network&) { w.layer(1).W.shed_row(0); })},
      {"AfterLayerUpdate::after_update", "changed the shape of layer 3",
       made<AfterLayerHook>(&AfterLayerHook::what, [](arma::fmat& W, arma::fvec&, std::size_t) { W.shed_row(0); })},
  };
}

void check_blamed(const std::vector<Wrong>& all) {
  for (const Wrong& w : all) {
    const std::string message = failure_of(w.regulariser);
    check_says(message, "regulariser 'culprit', hook " + w.hook + ", step 0: ");
    check_says(message, w.part_of_the_message);
  }
}

const std::string metrics = "[metric:loss]\nevery = 10\n";

}  // namespace

BOOST_AUTO_TEST_SUITE(hooks_blamed)

BOOST_AUTO_TEST_CASE(for_numbers_that_are_not_finite) { check_blamed(not_finite()); }

BOOST_AUTO_TEST_CASE(for_a_wrong_shape) { check_blamed(other_shape()); }

BOOST_AUTO_TEST_CASE(for_exceptions) {
  const auto thrown = [](const char* text) { return [=](auto&&...) { throw std::runtime_error(text); }; };
  const auto odd = [](auto&&...) { throw 42; };
  const std::vector<Wrong> all = {
      {"BatchChange::change", "no more ink", made<BatchHook>(&BatchHook::what, thrown("no more ink"))},
      {"ActivationChange::forward", "no more ink",
       made<ActivationHook>(&ActivationHook::forward_, thrown("no more ink"), Where::inputs)},
      {"WeightChange::backward", "no more ink", made<WeightHook>(&WeightHook::backward_, thrown("no more ink"))},
      {"GradientChange::change", "no more ink", made<TileHooks>(&TileHooks::change_, thrown("no more ink"))},
      {"NetworkGradientChange::change", "threw something that is not a std::exception",
       made<NetworkHook>(&NetworkHook::what, odd)},
      {"LookAhead::displace", "no more ink", made<LookAheadHook>(&LookAheadHook::what, thrown("no more ink"))},
      {"AfterUpdate::after_update", "threw something that is not a std::exception",
       made<TileHooks>(&TileHooks::after, odd)},
      {"AfterLayerUpdate::after_update", "no more ink",
       made<AfterLayerHook>(&AfterLayerHook::what, thrown("no more ink"))},
      {"MeasuredWeights::measured", "no more ink", made<MeasuredHook>(&MeasuredHook::what, thrown("no more ink"))},
  };
  check_blamed(all);
}

BOOST_AUTO_TEST_CASE(no_hook_is_blamed_if_training_itself_diverges) {
  // Inputs near 1e20, weights of 1e20 in layer 2, and weights in layer 1 so small that the logits stay finite. The
  // gradient of layer 1's weights, 1e20 / 12 * 1e20, overflows float32 before l1's hook is called.
  SmallStudy study({20, 16, 5});
  study.samples.scale = 1e18;
  study.start.layer(1).W.fill(1e-30f);
  study.start.layer(1).b.zeros();
  study.start.layer(2).W.fill(1e20f);
  study.start.layer(2).W.row(0) *= 2;
  const learning::Inputs inputs(study.samples);
  const auto model = study.model_of(plugin("l1"));
  BOOST_CHECK_EXCEPTION(model->step(0, inputs, study.batch(0)), learning::Diverged, [](const auto& e) {
    return e.what() ==
           std::string("diverged: the gradient of layer 1 is not finite at step 0, with the starting weights");
  });
}

BOOST_AUTO_TEST_CASE(divergence_names_the_number_that_is_not_finite) {
  SmallStudy study({20, 16, 5});
  study.start.layer(1).W.fill(1e30f), study.start.layer(2).W.fill(1e30f);
  const auto model = study.model({});
  BOOST_CHECK_EXCEPTION(study.train(*model, 0, 1), learning::Diverged, [](const auto& e) {
    return e.what() == std::string("diverged: a logit (layer 2) is not finite at step 0, with the starting weights");
  });
  // Weights that overflow in the last update are noticed by the last measurement.
  const Scratch scratch;
  const SmallRun run(scratch, small_pipeline(1, 100, 100) +
                                  "learning_rate = 1e37\n[model:plain]\nregularisers = gradient_noise\n"
                                  "gradient_noise.eta = 1e6\n[model:fine]\nlearning_rate = 0.1\n"
                                  "[metric:weight_norm]\nevery = 1\n");
  run.in("run");
  BOOST_TEST_REQUIRE(run.warnings.size() == 1u);
  check_says(run.warnings[0],
             "model plain stopped: diverged: a weight of layer 1 is not finite at step 1, after update 0 "
             "(gradient descent, gradient_noise; learning rate 1e+37)");
}

BOOST_AUTO_TEST_CASE(only_the_model_of_the_hook_stops) {
  const Scratch scratch;
  const std::string models = "[model:plain]\n[model:l2]\nregularisers = l2\n";
  const SmallRun clean(scratch, small_pipeline(30, 200, 100) + models + metrics);
  BOOST_TEST(clean.in("clean").failed_models == 0u);

  // Both hooks work at first. Then one fails while training its model, the other while its model is measured.
  const auto late = [](experiment::Pipeline& d) {
    d.models.insert(
        d.models.begin(),
        experiment::ModelConfig{"broken",
                                {entry_of("culprit", made<BatchHook>(&BatchHook::what,
                                                                     [](Batch&, const Step& s) {
                                                                       if (s.number == 15)
                                                                         throw std::runtime_error("no more ink");
                                                                     }))},
                                0.1});
    const auto penalty = std::make_shared<TileHooks>();
    penalty->value_ = [calls = std::make_shared<int>(0)](std::span<const float>) {
      return ++*calls > 2000 ? infinity : 0.0;
    };
    d.models.push_back({"unmeasurable", {entry_of("culprit", penalty)}, 0.1});
  };
  const SmallRun run(scratch, small_pipeline(30, 200, 100) + models + metrics, late);
  for (const std::size_t threads : {1, 3}) {
    const std::string name = std::to_string(threads);
    const running::RunOutcome outcome = run.in(name, threads);
    BOOST_TEST((outcome.models == 4 && outcome.failed_models == 2 && outcome.plugin_failed));
    std::string all;
    for (const std::string& w : run.warnings) all += w + "\n";
    check_says(all, "model broken stopped: regulariser 'culprit', hook BatchChange::change, step 15: no more ink");
    check_says(all, "model unmeasurable stopped: regulariser 'culprit', hook WeightPenalty::value");
    const auto others = [](const std::string& model, const std::string&) {
      return model != "broken" && model != "unmeasurable";
    };
    BOOST_TEST(rows_where(run.file_of(name, "metrics.csv"), others) ==
               rows_where(clean.file_of("clean", "metrics.csv"), others));
    const std::string broken =
        rows_where(run.file_of(name, "metrics.csv"), [](const std::string& m, auto&) { return m == "broken"; });
    BOOST_TEST(std::ranges::count(broken, '\n') ==
               2 * 2);  // loss and loss.penalty at steps 0 and 10: earlier measurements are kept
  }
}

BOOST_AUTO_TEST_SUITE_END()
