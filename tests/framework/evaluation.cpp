// What a measurement promises to metrics, and what it asks of them.
#include <boost/test/unit_test.hpp>

#include "learning/loss.hpp"
#include "support/home_made.hpp"
#include "support/measured.hpp"
#include "support/small_model.hpp"

using namespace support;
using namespace pipeline;

namespace {

/// Runs a few words of code where a metric measures, or where it sees a block.
struct Scripted final : Metric {
  using See = std::function<void(const Block&)>;
  using Say = std::function<void(Results&)>;
  See see;
  Say say;
  struct Sees final : Gatherer {
    See does;
    explicit Sees(See what) : does(std::move(what)) {}
    void see(const Block& block) override { does(block); }
  };
  MetricInfo describe() const override { return {"numbers"}; }
  void prepare(Evaluation& e) const override {
    if (see) e.gather<Sees>("seen", see);
  }
  void measure(const Evaluation&, Results& out) const override {
    if (say) say(out);
  }
};

study::MetricSection section(Scripted::See see, Scripted::Say say = {}) {
  study::MetricSection m;
  m.name = m.plugin = "scripted";
  const auto object = std::make_shared<Scripted>();
  object->see = std::move(see), object->say = std::move(say);
  m.object = object;
  m.info = object->describe();
  return m;
}

std::string complaint_about(const Scripted::Say& say) {
  const SmallStudy study;
  try {
    measured(section({}, say), study.start, study.samples);
  } catch (const study::MetricFailure& e) {
    return e.what();
  }
  return "none";
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

BOOST_AUTO_TEST_SUITE(evaluation)

BOOST_AUTO_TEST_CASE(a_block_shows_the_weights_as_they_are_when_it_is_asked) {
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
    BOOST_TEST(arma::accu(arma::abs(one.x(1))) == 0);  // still there, beside a later one
    BOOST_TEST(same_bits(two.logits(), block.logits()));
  };
  for (Layer& l : other.layers) l.b.zeros();
  measured(section(see), study.start, study.samples);
  BOOST_TEST(logits.at(0) != 0);
  BOOST_TEST(logits.at(1) == 2 * logits.at(0));  // exact, for 2, without biases
  BOOST_TEST(logits.at(2) == 4 * logits.at(0));
}

BOOST_AUTO_TEST_CASE(weights_that_a_model_keeps_in_panels_are_measured_as_plain_ones_are) {
  const SmallStudy study;
  const learning::Entries none;
  const auto masked = study.model_of(plugin("dropout"));  // which is nothing when measuring
  study.train(*masked, 0, 20);
  BOOST_TEST_REQUIRE(masked->panels());
  const Network& network = masked->network();
  Network doubled = network;
  doubled.layers.back().W *= 2;
  using Seen = std::vector<arma::fmat>;
  const auto seen = [&](const study::Subject& subject) {
    Seen all;
    const study::MetricSection m = section([&](const Block& block) {
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
    study::measure(subject, 20, {&m}, {&study.inputs, &study.inputs, &study.inputs});
    return all;
  };
  const study::Subject other{"other", study.start, study.start, none};
  study::Subject plain{"plain", network, study.start, none}, kept{"kept", network, study.start, masked->entries()};
  plain.others["other"] = kept.others["other"] = &other;
  kept.panels = masked->panels();
  const Seen one = seen(plain), two = seen(kept);
  for (std::size_t i = 0; i < one.size(); ++i) BOOST_TEST(same_bits(one[i], two[i]));
  BOOST_TEST(!same_bits(two[0], two[4]));
  BOOST_TEST(!same_bits(two[0], two[6]));
}

BOOST_AUTO_TEST_CASE(a_block_has_z_and_its_gradient_for_whoever_asks_whenever) {
  const SmallStudy study;
  const Samples many = few_samples(study.samples.features(), 3, 620);  // two blocks
  const learning::Inputs inputs(many);
  enum class Asks { at_once, after_the_rest, in_the_second_block };
  for (const char* hook : {"", "batch_norm", "gaussian_dropout"})
    for (const learning::Kernels kernels : {learning::Kernels::own, learning::Kernels::blas})
      for (const Asks asks : {Asks::at_once, Asks::after_the_rest, Asks::in_the_second_block}) {
        const auto model = *hook ? study.model_of(plugin(hook)) : study.model_of();
        study.train(*model, 0, 20);
        study::Subject subject{"one", model->network(), study.start, model->entries()};
        subject.products = learning::Products(kernels);
        const auto see = [&](const Block& block) {
          learning::Pass pass;  // which keeps all
          pass.x.resize(block.depth());
          inputs.widen(block.first, block.size, pass.x[0]);
          const learning::Regime regime{
              subject.products, subject.entries, {20, 0, Random(0)}, learning::Form::measuring};
          std::vector<learning::Panelled> panels;
          const learning::Weights weights = learning::weights(subject.products, subject.network, panels);
          learning::forward(regime, weights, pass);
          const std::size_t top = block.depth();
          std::vector<arma::fmat> dz(top);
          learning::sample_gradients(pass.logits(), block.labels, dz.back());
          learning::Panelled room;
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
        const study::MetricSection m = section(see);
        BOOST_TEST_CONTEXT(hook << ", " << static_cast<int>(asks))
        study::measure(subject, 20, {&m}, {&inputs, &inputs, &inputs});
      }
}

BOOST_AUTO_TEST_CASE(z_of_one_model_is_never_shown_as_that_of_another) {
  const SmallStudy study;
  const Samples many = few_samples(study.samples.features(), 3, 620);
  const learning::Inputs inputs(many);
  const auto normed = study.model_of(plugin("batch_norm"));  // which keeps z, for its own sake
  study.train(*normed, 0, 20);
  const learning::Entries none;
  const study::Subject other{"other", normed->network(), study.start, normed->entries()};
  study::Subject plain{"plain", study.start, study.start, none};
  plain.others["other"] = &other;
  std::size_t blocks = 0;
  const study::MetricSection m = section([&](const Block& block) {
    if (++blocks == 1)
      BOOST_TEST(block.other("other")->z(1).min() < 0);
    else  // in the room where the other one was
      BOOST_TEST(same_bits(block.at(study.start).z(1), block.z(1)));
    arma::mat sum(1, 1);
    BOOST_CHECK_THROW(block.add_times_inputs(block.z(1), 1, sum), std::invalid_argument);
    BOOST_CHECK_THROW(block.add_times_inputs(block.z(1).head_cols(1), 1, sum), std::invalid_argument);
  });
  study::measure(plain, 20, {&m}, {&inputs, &inputs, &inputs});
  BOOST_TEST(blocks == 2u);
}

BOOST_AUTO_TEST_CASE(names_of_values_are_names_and_nothing_is_said_twice) {
  BOOST_TEST(has(complaint_about([](Results& r) { r.value(1, "x,y"); }), "the name 'x,y'"));
  BOOST_TEST(has(complaint_about([](Results& r) { r.value(1, "a\nb"); }), "the name 'a\nb'"));
  BOOST_TEST(has(complaint_about([](Results& r) { r.matrix("", arma::mat(2, 2)); }), "the name ''"));
  BOOST_TEST(has(complaint_about([](Results& r) {
                   r.matrix("m", arma::mat(2, 2, arma::fill::zeros));
                   r.matrix("m", arma::mat(2, 2, arma::fill::zeros));
                 }),
                 "gave 'm' twice"));
  BOOST_TEST(complaint_about([](Results& r) { r.value(1, "fine_name-2"); }) == "none");
}

BOOST_AUTO_TEST_CASE(another_model_whose_hook_fails_is_a_model_that_failed) {
  const SmallStudy study;
  const learning::Entries none;
  struct Broken final : Regulariser, ActivationChange {
    void forward(Activations, const Step&) const override {}
    void backward(Activations, const Step&) const override {}
    void measure(Activations) const override { throw std::runtime_error("broken"); }
  };
  learning::Entries broken;
  broken.push_back(entry("broken", std::make_shared<Broken>()));
  const study::Subject other{"other", study.start, study.start, broken};
  study::Subject subject{"model", study.start, study.start, none};
  subject.others["other"] = &other;
  bool seen = false;
  const study::MetricSection m = section([&](const Block& block) {
    BOOST_TEST(!block.other("other"));
    seen = true;
  });
  study::measure(subject, 0, {&m}, {&study.inputs, &study.inputs, &study.inputs});
  BOOST_TEST(seen);
  // The model itself is told, at the step of the measurement.
  try {
    study::measure(other, 300, {&m}, {&study.inputs, &study.inputs, &study.inputs});
    BOOST_TEST(false);
  } catch (const learning::HookFailure& e) {
    BOOST_TEST(has(e.what(), "step 300: broken"));
  }
}

BOOST_AUTO_TEST_CASE(the_penalty_of_a_model_counts_trained_arrays_where_biases_are_regularised) {
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

BOOST_AUTO_TEST_CASE(weights_to_measure_with_do_not_go_with_trained_arrays) {
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
