// What a measurement promises to metrics, and what it asks of them.
#include <boost/test/unit_test.hpp>

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

BOOST_AUTO_TEST_CASE(a_block_has_what_relu_cut_off_for_whoever_asks_in_whatever_order) {
  const SmallStudy study;
  const auto model = study.model_of();
  study.train(*model, 0, 20);
  const Network& network = model->network();
  std::vector<arma::fmat> early, late;  // z of all hidden layers
  const auto all_z = [&](const Block& block, std::vector<arma::fmat>& to) {
    for (std::size_t l = 1; l <= network.depth(); ++l) to.push_back(block.z(l));
  };
  const auto asks = [&](bool first) {
    return section([&, first](const Block& block) {
      if (first) all_z(block, early);
      const arma::fmat at_once = block.x(2), logits = block.logits();
      const arma::fmat slope = block.dz(1);
      if (!first) all_z(block, late);
      BOOST_TEST(same_bits(block.x(2), at_once));
      BOOST_TEST(same_bits(block.logits(), logits));
      BOOST_TEST(same_bits(block.dz(1), slope));
      const arma::fmat& z = block.z(1);
      BOOST_TEST(z.min() < 0);
      BOOST_TEST(same_bits(arma::fmat(arma::clamp(z, 0, z.max())), at_once));
      const arma::fmat expected = network.layer(1).W * block.x(1) + arma::repmat(network.layer(1).b, 1, block.size);
      BOOST_TEST(arma::approx_equal(z, expected, "both", 1e-5f, 1e-5f));
    });
  };
  for (const bool first : {true, false}) measured(asks(first), network, study.samples);
  BOOST_TEST_REQUIRE(early.size() == late.size());
  for (std::size_t i = 0; i < early.size(); ++i) BOOST_TEST(same_bits(early[i], late[i]));
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
