// The learning rate of every step: each schedule against a table worked by hand, and a model that is trained with one.
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <set>

#include "support/by_hand.hpp"

using namespace support;
using namespace pipeline;
using learning::LearningRate;
using learning::Schedule;
using enum learning::Schedule::Shape;

namespace {

void check_rates(const Schedule& s, const std::vector<double>& expected) {
  const LearningRate rate(0.5f, s);
  for (std::size_t t = 0; t < expected.size(); ++t)
    BOOST_TEST(std::abs(double{rate.at(t)} - .5 * expected[t]) <= 3e-8,
               learning::name_of(s.shape) << ", step " << t << ": " << rate.at(t) << ", not " << .5 * expected[t]);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(schedules)

BOOST_AUTO_TEST_CASE(every_shape_has_the_values_worked_by_hand) {
  std::size_t tried = 0;
  for (const Schedule::Shape shape : learning::kShapes) {
    Schedule s{shape, 6, 0, 2, .25, .2}, warm{shape, 6, 2, 2, .25, .2};
    if (shape == constant) {
      check_rates(s, {1, 1, 1, 1, 1, 1, 1}), check_rates(warm, {.5, 1, 1, 1, 1, 1, 1});
    } else if (shape == step) {
      check_rates(s, {1, 1, .25, .25, .0625, .0625, .015625}), check_rates(warm, {.5, 1, 1, 1, .25, .25, .0625});
    } else if (shape == exponential) {
      check_rates(s, {1, .5, .25, .125, .0625, .03125, .015625}), check_rates(warm, {.5, 1, 1, .5, .25, .125, .0625});
    } else if (shape == linear) {  // 1 - .8 u / 6; then 1 - .8 u / 4
      check_rates(s, {1, 5.2 / 6, 4.4 / 6, .6, 2.8 / 6, 2. / 6, .2, .2});
      check_rates(warm, {.5, 1, 1, .8, .6, .4, .2, .2});
    } else if (shape == cosine) {  // cos of 0, 30, 60, ... degrees; then of 0, 45, 90, ...
      const double a = std::sqrt(3) / 2, b = std::sqrt(.5);
      check_rates(s, {1, .2 + .4 * (1 + a), .8, .6, .4, .2 + .4 * (1 - a), .2, .2});
      check_rates(warm, {.5, 1, 1, .2 + .4 * (1 + b), .6, .2 + .4 * (1 - b), .2, .2});
    } else {
      check_rates(s, {1, std::sqrt(.5), std::sqrt(1. / 3), .5}),
          check_rates(warm, {.5, 1, std::sqrt(2. / 3), std::sqrt(.5)});
    }
    ++tried;
  }
  BOOST_TEST(tried == 6u);
}

BOOST_AUTO_TEST_CASE(a_constant_rate_keeps_its_bits) {
  for (const float rate : {0.1f, 1e-7f, 3.3e5f}) BOOST_TEST(LearningRate(rate).at(12345) == rate);
}

// The update of step t takes the rate of step t, in panels, tile by tile and with a stored gradient.
BOOST_AUTO_TEST_CASE(every_way_of_a_step_takes_its_rate) {
  const SmallStudy study;
  const Schedule s{cosine, 4, 1, 1, 1, 0};
  for (const char* regulariser : {"", "max_norm", "sam"}) {
    const auto make = [&](LearningRate rate, const Network& start) {
      learning::Entries entries;
      if (*regulariser) entries.push_back(plugin(regulariser));
      return std::make_unique<learning::Model>("model", start, std::move(entries), rate, ImageShape{}, 5);
    };
    const auto scheduled = make({0.2f, s}, study.start);
    Network expected = study.start;
    for (std::uint64_t t = 0; t < 4; ++t) {  // the same by a new model with a constant rate for each step
      study.train(*scheduled, t, t + 1);
      const auto one = make(LearningRate(0.2f, s).at(t), expected);
      study.train(*one, t, t + 1);
      expected = one->network();
    }
    BOOST_TEST(same_bits(scheduled->network(), expected), regulariser);
  }
}

/// Notes the rate that each of its hooks sees.
class SeesRates final : public Regulariser, public GradientChange, public BeforeUpdate, public AfterUpdate {
 public:
  mutable std::map<std::uint64_t, std::set<float>> rates;
  void change(std::span<const float>, std::span<float>, const Tile&, const Step& s) const override { note(s); }
  void before_update(std::span<float>, const Tile&, const Step& s) const override { note(s); }
  void after_update(std::span<float>, const Tile&, const Step& s) const override { note(s); }

 private:
  void note(const Step& s) const { rates[s.number].insert(s.learning_rate); }
};

BOOST_AUTO_TEST_CASE(every_hook_sees_the_rate_of_its_step) {
  const SmallStudy study;
  const auto sees = std::make_shared<SeesRates>();
  learning::Entries entries;
  entries.push_back(entry("sees", sees));
  const LearningRate rate(0.5f, {linear, 4, 0, 1, 1, 0});
  learning::Model model("model", study.start, std::move(entries), rate, ImageShape{}, 5);
  study.train(model, 0, 4);
  for (std::uint64_t t = 0; t < 4; ++t) BOOST_TEST((sees->rates.at(t) == std::set<float>{rate.at(t)}));
}

BOOST_AUTO_TEST_CASE(a_model_that_diverges_states_the_rate_of_its_last_update) {
  const SmallStudy study;
  learning::Model model("model", study.start, {}, LearningRate(1e38f, {step, 9, 0, 1, .5, 0}), ImageShape{}, 5);
  try {
    study.train(model, 0, 9);
    BOOST_FAIL("it did not diverge");
  } catch (const learning::Diverged& e) {
    const std::string what = e.what();
    const std::size_t update = std::stoul(what.substr(what.find("update ") + 7));
    BOOST_TEST(what.find("learning rate " + std::string(update == 0   ? "1e+38"
                                                        : update == 1 ? "5e+37"
                                                                      : "2.5e+37")) != what.npos,
               what);
  }
}

BOOST_AUTO_TEST_SUITE_END()
