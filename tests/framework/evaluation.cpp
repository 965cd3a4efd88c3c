// The guarantees of a measurement to its metrics, and the rules that metrics must follow.
#include <boost/test/unit_test.hpp>

#include "learning/loss.hpp"
#include "support/home_made.hpp"
#include "support/measured.hpp"
#include "support/small_model.hpp"

using namespace support;
using namespace pipeline;

namespace {

/// Runs functions of the test when it measures and for each block.
struct Scripted final : Metric {
  using See = std::function<void(const Block&)>;
  using OnMeasure = std::function<void(Results&)>;
  See see;
  OnMeasure on_measure;
  struct Sees final : Gatherer {
    See does;
    explicit Sees(std::uintptr_t of) : does(reinterpret_cast<const Scripted*>(of)->see) {}
    void see(const Block& block) override { does(block); }
  };
  MetricInfo describe() const override { return {"numbers"}; }
  void prepare(Evaluation& e) const override {
    if (see) e.gather<Sees>(reinterpret_cast<std::uintptr_t>(this));
  }
  void measure(const Evaluation&, Results& out) const override {
    if (on_measure) on_measure(out);
  }
};

measuring::LiveMetric section(Scripted::See see, Scripted::OnMeasure on_measure = {}) {
  const auto object = std::make_shared<Scripted>();
  object->see = std::move(see), object->on_measure = std::move(on_measure);
  experiment::MetricConfig config;
  config.name = config.plugin.name = "scripted";
  config.info = object->describe();
  return {config, object};
}

std::string complaint_about(const Scripted::OnMeasure& on_measure) {
  const SmallStudy study;
  try {
    measured(section({}, on_measure), study.start, study.samples);
  } catch (const measuring::MetricFailure& e) {
    return e.what();
  }
  return "none";
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

BOOST_AUTO_TEST_SUITE(evaluation)

BOOST_AUTO_TEST_CASE(a_block_uses_the_weights_as_they_are_at_the_time_of_the_call) {
  const SmallStudy study;
  Network other = study.start;
  std::vector<float> logits;
  const auto see = [&](const Block& block) {
    for (int time = 0; time < 3; ++time, other.layers.back().W *= 2) {
      const Block& through = block.at(other);
      logits.push_back(through.logits()(0, 0));
      BOOST_TEST(same_bits(through.x(1), block.x(1)));
    }
    const Block &one = block.with(block.x(1) * 0), &two = block.with(block.x(1));
    BOOST_TEST(arma::accu(arma::abs(one.x(1))) == 0);  // still valid after a later call
    BOOST_TEST(same_bits(two.logits(), block.logits()));
  };
  for (Layer& l : other.layers) l.b.zeros();
  measured(section(see), study.start, study.samples);
  BOOST_TEST(logits.at(0) != 0);
  BOOST_TEST(logits.at(1) == 2 * logits.at(0));  // exact: a factor of 2, and no biases
  BOOST_TEST(logits.at(2) == 4 * logits.at(0));
}

BOOST_AUTO_TEST_CASE(weights_in_panels_are_measured_with_the_same_bits_as_plain_ones) {
  const SmallStudy study;
  const learning::Entries none;
  const auto masked = study.model_of(plugin("dropout"));  // dropout changes nothing when measuring
  study.train(*masked, 0, 20);
  BOOST_TEST_REQUIRE(masked->panels());
  const Network& network = masked->network();
  Network doubled = network;
  doubled.layers.back().W *= 2;
  using Seen = std::vector<arma::fmat>;
  const auto seen = [&](const measuring::Subject& subject) {
    Seen all;
    const measuring::LiveMetric m = section([&](const Block& block) {
      arma::mat sum;
      block.add_times_inputs(block.dz(1), 1, sum);
      all = {block.logits(),
             block.dz(1),
             block.dz(2),
             arma::conv_to<arma::fmat>::from(sum),
             block.at(doubled).logits(),
             block.with(block.x(1) * 2).logits(),
             block.other("other")->logits()};
    });
    measuring::measure(subject, 20, {&m}, {&study.inputs, &study.inputs, &study.inputs});
    return all;
  };
  const measuring::Subject other{"other", study.start, study.start, none};
  measuring::Subject plain{"plain", network, study.start, none}, kept{"kept", network, study.start, masked->entries()};
  plain.others["other"] = kept.others["other"] = &other;
  kept.panels = masked->panels();
  const Seen one = seen(plain), two = seen(kept);
  for (std::size_t i = 0; i < one.size(); ++i) BOOST_TEST(same_bits(one[i], two[i]));
  BOOST_TEST(!same_bits(two[0], two[4]));
  BOOST_TEST(!same_bits(two[0], two[6]));
}

BOOST_AUTO_TEST_CASE(a_block_has_z_and_its_gradient_at_any_time) {
  const SmallStudy study;
  const Samples many = few_samples(study.samples.features(), 3, 620);  // two blocks
  const learning::Inputs inputs(many);
  enum class Asks { at_once, after_the_rest, in_the_second_block };
  for (const char* hook : {"", "batch_norm", "gaussian_dropout"})
    for (const kernels::Backend kernels : {kernels::Backend::own, kernels::Backend::blas})
      for (const Asks asks : {Asks::at_once, Asks::after_the_rest, Asks::in_the_second_block}) {
        const auto model = *hook ? study.model_of(plugin(hook)) : study.model_of();
        study.train(*model, 0, 20);
        measuring::Subject subject{"one", model->network(), study.start, model->entries()};
        subject.products = kernels::Products(kernels);
        const auto see = [&](const Block& block) {
          learning::Pass pass;  // stores everything
          pass.x.resize(block.depth());
          inputs.widen(block.first, block.size, pass.x[0]);
          const learning::Regime regime{
              subject.products, subject.entries, {20, 0, Random(0)}, learning::Form::measuring, subject.shape};
          std::vector<kernels::Panelled> panels;
          const learning::Weights weights = learning::weights(subject.products, subject.network, panels);
          learning::forward(regime, weights, pass);
          const std::size_t top = block.depth();
          std::vector<arma::fmat> dz(top);
          learning::sample_gradients(LossFunction::cross_entropy, pass.logits(), block.labels, dz.back());
          kernels::Panelled room;
          for (std::size_t l = top - 1; l >= 1; --l)
            learning::backward_into(regime, l, weights, pass, subject.products.factor(dz[l], room), dz[l - 1]);
          const auto is_z = [&] {
            for (std::size_t l = 1; l <= top; ++l) BOOST_TEST(same_bits(block.z(l), pass.z[l - 1]));
          };
          if (asks == Asks::at_once) is_z();
          for (std::size_t l = 1; l <= top; ++l) {
            BOOST_TEST(same_bits(block.x(l), pass.x[l - 1]));
            BOOST_TEST(same_bits(block.dz(l), dz[l - 1]));
          }
          if (asks == Asks::after_the_rest || block.first > 0) is_z();
          BOOST_TEST(pass.z[0].min() < 0);
        };
        const measuring::LiveMetric m = section(see);
        BOOST_TEST_CONTEXT(hook << ", " << static_cast<int>(asks))
        measuring::measure(subject, 20, {&m}, {&inputs, &inputs, &inputs});
      }
}

BOOST_AUTO_TEST_CASE(z_of_one_model_is_never_returned_for_another) {
  const SmallStudy study;
  const Samples many = few_samples(study.samples.features(), 3, 620);
  const learning::Inputs inputs(many);
  const auto normed = study.model_of(plugin("batch_norm"));  // its pass stores z
  study.train(*normed, 0, 20);
  const learning::Entries none;
  const measuring::Subject other{"other", normed->network(), study.start, normed->entries()};
  measuring::Subject plain{"plain", study.start, study.start, none};
  plain.others["other"] = &other;
  std::size_t blocks = 0;
  const measuring::LiveMetric m = section([&](const Block& block) {
    if (++blocks == 1)
      BOOST_TEST(block.other("other")->z(1).min() < 0);
    else  // in the memory that held the other model's z
      BOOST_TEST(same_bits(block.at(study.start).z(1), block.z(1)));
    arma::mat sum(1, 1);
    BOOST_CHECK_THROW(block.add_times_inputs(block.z(1), 1, sum), std::invalid_argument);
    BOOST_CHECK_THROW(block.add_times_inputs(block.z(1).head_cols(1), 1, sum), std::invalid_argument);
  });
  measuring::measure(plain, 20, {&m}, {&inputs, &inputs, &inputs});
  BOOST_TEST(blocks == 2u);
}

BOOST_AUTO_TEST_CASE(names_of_values_must_be_valid_and_unique) {
  BOOST_TEST(has(complaint_about([](Results& r) { r.value(1, "x,y"); }), "the name 'x,y'"));
  BOOST_TEST(has(complaint_about([](Results& r) { r.value(1, "a\nb"); }), "the name 'a\\x0ab'"));
  BOOST_TEST(has(complaint_about([](Results& r) { r.matrix("", arma::mat(2, 2)); }), "the name ''"));
  BOOST_TEST(has(complaint_about([](Results& r) {
                   r.matrix("m", arma::mat(2, 2, arma::fill::zeros));
                   r.matrix("m", arma::mat(2, 2, arma::fill::zeros));
                 }),
                 "returned 'm' twice"));
  // With on = both, the rows of a value named train would have the same name as those of the training samples.
  BOOST_TEST(has(complaint_about([](Results& r) { r.value(1, "train"); }), "the name 'train'"));
  BOOST_TEST(complaint_about([](Results& r) { r.value(1, "fine_name-2"); }) == "none");
}

BOOST_AUTO_TEST_CASE(a_failing_hook_of_another_model_makes_that_model_unavailable) {
  const SmallStudy study;
  const learning::Entries none;
  struct Broken final : Regulariser, ActivationChange {
    void forward(Activations, const Step&) const override {}
    void backward(Activations, const Step&) const override {}
    void measure(Activations) const override { throw std::runtime_error("broken"); }
  };
  learning::Entries broken;
  broken.push_back(entry("broken", std::make_shared<Broken>()));
  const measuring::Subject other{"other", study.start, study.start, broken};
  measuring::Subject subject{"model", study.start, study.start, none};
  subject.others["other"] = &other;
  bool seen = false;
  const measuring::LiveMetric m = section([&](const Block& block) {
    BOOST_TEST(!block.other("other"));
    seen = true;
  });
  measuring::measure(subject, 0, {&m}, {&study.inputs, &study.inputs, &study.inputs});
  BOOST_TEST(seen);
  // Measuring that model itself throws the failure, with the step of the measurement.
  try {
    measuring::measure(other, 300, {&m}, {&study.inputs, &study.inputs, &study.inputs});
    BOOST_TEST(false);
  } catch (const learning::HookFailure& e) {
    BOOST_TEST(has(e.what(), "step 300: broken"));
  }
}

BOOST_AUTO_TEST_CASE(the_penalty_of_a_model_includes_trained_arrays_if_biases_are_regularised) {
  const SmallStudy study;  // 16 and 12 hidden units, each with a trained scale that starts at 1
  const auto penalty = [&](learning::Scope scope) {
    return study
        .model_of(entry("scale", std::make_shared<home_made::TrainedScale>()), plugin("l2", {{"lambda", "0.5"}}, scope))
        ->weight_penalty(study.start);
  };
  double biases = 0;
  for (const Layer& l : study.start.layers) biases += arma::accu(arma::square(arma::conv_to<arma::vec>::from(l.b)));
  const double l2_of_ones =
      study.model_of(plugin("l2", {{"lambda", "0.5"}}, with_biases()))->weight_penalty(study.start) -
      study.model_of(plugin("l2", {{"lambda", "0.5"}}))->weight_penalty(study.start);
  BOOST_TEST(penalty(with_biases()) - penalty({}) == l2_of_ones * (1 + 28 / biases),
             boost::test_tools::tolerance(1e-5));
}

BOOST_AUTO_TEST_CASE(measured_weights_cannot_be_combined_with_trained_arrays) {
  const SmallStudy study;
  try {
    study.model_of(entry("scale", std::make_shared<home_made::TrainedScale>()), plugin("weight_average"));
    BOOST_TEST(false);
  } catch (const learning::HookFailure& e) {
    BOOST_TEST(e.entry == "weight_average");
    BOOST_TEST(has(e.what(), "scale.scale"));
  }
}

BOOST_AUTO_TEST_SUITE_END()
