// Penalties whose strength follows a schedule: worked by hand, in every way of a step, in what `loss.penalty` reports, and
// in the gradients of trained arrays.
#include <boost/test/unit_test.hpp>

#include "learning/loss.hpp"
#include "support/by_hand.hpp"
#include "support/home_made.hpp"

using namespace support;
using namespace home_made;
using namespace pipeline;

namespace {

using learning::Schedule;
/// 1, 3/4, 1/2, 1/4, 0, 0, ...
const Schedule falling{Schedule::Shape::linear, 4, 0, 1, 1, 0};

learning::Entry scheduled(learning::Entry e, const Schedule& s = falling) {
  e.strength = s;
  return e;
}

/// The penalty of Wen et al. 2016, ECCV: lambda / 2 * mean over the batch of |h - c_label|^2, with trained centres c.
struct CentreLoss final : Regulariser, ActivationPenalty {
  double lambda = 0.5;
  PerLayer centres;  // [units x classes]

  void declare_state(State& state) override {
    const NetworkShape n = state.network();
    state.per_layer(
        "centres", centres, Life::trained,
        [&](std::size_t l) {
          const bool hidden = l > 0 && l < n.layers();
          return hidden ? State::Size{n.outputs(l), n.outputs(n.layers())} : State::Size{};
        },
        0.25f);
  }
  double value(const PenalisedUnits& units, const Step&) const override {
    return lambda / 2 / double(units.h.n_cols) *
           arma::accu(arma::square(arma::conv_to<arma::mat>::from(units.h - centres.at(units.layer) * units.targets)));
  }
  void add_gradient(const PenalisedUnits& units, arma::fmat& gradient, const Step&) const override {
    const arma::fmat away = units.h - centres.at(units.layer) * units.targets;
    const float share = float(lambda / double(units.h.n_cols));
    gradient += share * away;
    centres.gradient(units.layer) -= share * away * units.targets.t();
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(strength)

// With a constant share the penalty is that of another lambda: the same updates, step by step.
BOOST_AUTO_TEST_CASE(each_step_has_the_penalty_of_its_share) {
  const SmallStudy study;
  struct Case {
    std::string name, parameter;
    double full;
    Values others = {};
  };
  // Not spectral_norm: the vectors of a new model would start anew.
  const Case cases[] = {{"l2", "lambda", .25},
                        {"l1", "lambda", .25},
                        {"l1", "lambda", .25, {{"form", "proximal"}}},
                        {"group_lasso", "lambda", .25},
                        {"group_lasso", "lambda", .25, {{"form", "proximal"}}},
                        {"elastic_net", "alpha", .25},
                        {"orthogonality", "lambda", .0625},
                        {"snr", "lambda", .25},
                        {"activity_l1", "lambda", .25},
                        {"confidence_penalty", "beta", .25}};
  for (const Case& c : cases)
    for (const bool stored : {false, true}) BOOST_TEST_CONTEXT(c.name << (stored ? ", with a stored gradient" : "")) {
        const auto model = [&](double strength, const Schedule& s, const Network& start) {
          Values values = c.others;
          values.emplace_back(c.parameter, std::to_string(strength));
          learning::Entries entries;
          entries.push_back(scheduled(plugin(c.name, values), s));
          if (stored) entries.push_back(plugin("gradient_clip", {{"limit", "inf"}}));
          return std::make_unique<learning::Model>("model", start, std::move(entries), study.rate, ImageShape{}, 5);
        };
        const auto changing = model(c.full, falling, study.start);
        Network expected = study.start;
        for (std::uint64_t t = 0; t < 5; ++t) {
          const auto one = model(c.full * falling.share(t), {}, expected);
          study.train(*one, t, t + 1);
          study.train(*changing, t, t + 1);
          expected = one->network();
          for (std::size_t l = 1; l <= 3; ++l)
            BOOST_TEST(arma::abs(expected.layer(l).W - changing->network().layer(l).W).max() < 2e-7f,
                       "layer " << l << " after step " << t);
          expected = changing->network();
        }
      }
}

BOOST_AUTO_TEST_CASE(a_squared_penalty_has_the_same_bits_in_the_update_and_in_a_stored_gradient) {
  const SmallStudy study;
  const auto trained = [&](const char* other) {
    const auto model = study.model_of(scheduled(plugin("l2", {{"lambda", "0.3"}})), plugin(other, {{"limit", "inf"}}));
    study.train(*model, 0, 4);
    return model->network();
  };
  const auto alone = study.model_of(scheduled(plugin("l2", {{"lambda", "0.3"}})));
  study.train(*alone, 0, 4);
  BOOST_TEST(same_bits(alone->network(), trained("max_norm")));
  BOOST_TEST(same_bits(alone->network(), trained("gradient_clip")));
}

BOOST_AUTO_TEST_CASE(the_reported_penalty_is_that_of_the_step) {
  const SmallStudy study;
  const auto model = study.model_of(scheduled(plugin("l2", {{"lambda", "0.5"}})));
  const double full = model->weight_penalty(study.start, 0);
  BOOST_TEST(full > 1);
  BOOST_TEST(model->weight_penalty(study.start, 1) == .75 * full, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(model->weight_penalty(study.start, 4) == 0);
  const Schedule warm{Schedule::Shape::constant, 10, 4};
  const auto warming = study.model_of(scheduled(plugin("l2", {{"lambda", "0.5"}}), warm));
  BOOST_TEST(warming->weight_penalty(study.start, 0) == full / 4, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(warming->weight_penalty(study.start, 7) == full, boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(a_penalty_sees_the_step_and_the_targets_of_its_batch) {
  struct Sees final : Regulariser, ActivationPenalty {
    mutable std::vector<std::string> seen;
    double value(const PenalisedUnits&, const Step&) const override { return 0; }
    void add_gradient(const PenalisedUnits& units, arma::fmat&, const Step& step) const override {
      std::string text = std::to_string(step.number) + ": layer " + std::to_string(units.layer) + ", labels";
      for (arma::uword n = 0; n < 3; ++n) text += " " + std::to_string(units.targets.col(n).index_max());
      seen.push_back(text);
    }
  };
  const SmallStudy study;
  const auto object = std::make_shared<Sees>();
  const auto model = study.model_of(entry("sees", object));
  study.train(*model, 3, 4);
  std::string labels;
  for (std::size_t n = 0; n < 3; ++n) labels += " " + std::to_string(study.samples.labels[study.batch(3)[n]]);
  BOOST_TEST(object->seen == (std::vector<std::string>{"3: layer 2, labels" + labels, "3: layer 1, labels" + labels}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_change_of_activations_sees_targets_while_training_only) {
  struct Sees final : Regulariser, ActivationChange {
    mutable std::vector<arma::uword> classes;
    void forward(Activations h, const Step&) const override { classes.push_back(h.targets->n_rows); }
    void backward(Activations h, const Step&) const override { classes.push_back(h.targets->n_rows); }
    mutable int measured = 0;
    void measure(Activations h) const override {
      BOOST_TEST(!h.targets);
      ++measured;
    }
  };
  const SmallStudy study;
  const auto object = std::make_shared<Sees>();
  const auto model = study.model_of(entry("sees", object, only_layer(1)));
  study.train(*model, 0, 1);
  BOOST_TEST(object->classes == (std::vector<arma::uword>{5, 5}), boost::test_tools::per_element());
  learning::Pass pass;
  pass.x.resize(3);
  study.inputs.widen(study.batch(0), pass.x[0]);
  support::forward({model->products(), model->entries(), first_step, learning::Form::measuring, study.shape},
                   study.start, pass);
  BOOST_TEST(object->measured == 1);
}

// Centre loss: its gradient passes to weights and to its own centres, both at the strength of the step.
BOOST_AUTO_TEST_CASE(centre_loss_trains_weights_and_centres) {
  const SmallStudy study;
  const auto make = [&](const Schedule& s) {
    return study.model_of(scheduled(entry("centre", std::make_shared<CentreLoss>(), only_layer(2)), s));
  };
  const auto model = make({});
  const Network g = model->gradient(0, study.inputs, study.batch(0));
  const arma::fmat of_centres = model->states().trained().front().second->gradients.at(2);
  arma::fmat targets;
  std::vector<std::uint16_t> labels;
  for (const std::uint32_t n : study.batch(0)) labels.push_back(study.samples.labels[n]);
  learning::one_hot(labels, 5, targets);
  // loss and penalty at other weights and centres, in the same pass as training
  arma::fmat& centres = const_cast<arma::fmat&>(model->states().trained().front().second->values.at(2));
  const auto objective = [&](const Network& at) {
    learning::Pass pass;
    pass.x.resize(3);
    study.inputs.widen(study.batch(0), pass.x[0]);
    support::forward({model->products(), model->entries(), first_step, learning::Form::training, study.shape}, at,
                     pass);
    std::vector<double> losses(labels.size());
    learning::sample_losses(LossFunction::cross_entropy, pass.logits(), labels, losses);
    return std::accumulate(losses.begin(), losses.end(), 0.0) / double(labels.size()) +
           model->batch_penalty(at, pass, targets);
  };
  const auto slope = [&](float& number, auto& at) {
    const float was = number, h = 0.01f;
    number = was + h;
    const double ahead = objective(at), above = number;
    number = was - h;
    const double behind = objective(at), below = number;
    number = was;
    return (ahead - behind) / (above - below);
  };
  Network at = study.start;
  double largest = 0;
  for (arma::uword i = 0; i < at.layer(2).b.n_elem; ++i) {
    const double expected = slope(at.layer(2).b[i], at);
    BOOST_TEST(std::abs(g.layer(2).b[i] - expected) < 2e-4 + 1e-2 * std::abs(expected), "bias " << i);
    largest = std::max(largest, std::abs(expected));
  }
  BOOST_TEST(largest > .01);
  for (arma::uword i = 0; i < centres.n_elem; ++i) {
    const double expected = slope(centres[i], at);
    BOOST_TEST(std::abs(of_centres[i] - expected) < 2e-4, "centre " << i);
  }
  BOOST_TEST(arma::abs(of_centres).max() > .01f);

  // At half strength, half the gradient, of the centres too.
  const auto half = make({Schedule::Shape::step, 10, 2, 100, 1, 0});  // warm-up: 1/2, 1
  half->gradient(0, study.inputs, study.batch(0));
  BOOST_TEST(arma::abs(half->states().trained().front().second->gradients.at(2) - of_centres / 2).max() < 1e-7f);
  study.train(*half, 0, 1);
  BOOST_TEST(arma::abs(half->states().trained().front().second->values.at(2) - 0.25f + 0.05f * of_centres).max() <
             1e-7f);
}

BOOST_AUTO_TEST_SUITE_END()
