// Rankings of measures, by hand.
#include "comparing/ranking.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <pipeline/random.hpp>
#include <stdexcept>

namespace c = pipeline::comparing;

namespace {

/// Two axes with two values each; the measures are given per run, in the order (a, x), (a, y), (b, x), (b, y).
c::RankTable square(const std::vector<double>& target, const std::vector<double>& measure) {
  c::RankTable table{{"first", "second"}, {"m"}, "t", {}, {1}, 0};
  const std::vector<std::vector<std::string>> axes = {{"a", "x"}, {"a", "y"}, {"b", "x"}, {"b", "y"}};
  for (std::size_t i = 0; i < 4; ++i) table.runs.push_back({axes[i], "1", target[i], {measure[i]}});
  return table;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ranking)

BOOST_AUTO_TEST_CASE(a_measure_that_follows_one_axis_only) {
  // The target rises along both axes; the measure rises along the first and falls along the second.
  const c::Ranking r = c::rank(square({1, 2, 3, 4}, {2, 1, 4, 3}));
  const c::Judgement& j = r.judgements.front();
  BOOST_TEST(std::abs(j.tau_b - (4 - 2) / 6.0) < 1e-15);
  BOOST_TEST(j.psi.at("first") == 1);
  BOOST_TEST(j.psi.at("second") == -1);
  BOOST_TEST(j.Psi == 0);
  BOOST_TEST(j.sign_error_mean == 0.5);  // two environments agree, two do not
  BOOST_TEST(j.sign_error_max == 1);
  BOOST_TEST(r.environments.at("first").kept == 2u);
}

BOOST_AUTO_TEST_CASE(pairs_within_the_noise_of_the_test_samples_are_dropped) {
  // Answers to 100 samples. (a, x) and (a, y) differ on 10 samples, 6 to 4: a difference of .02 with a standard error of
  // sqrt((.10 - .0004) / 99) = .032. (b, x) is right on 30 more than (a, x): .3 with one of sqrt((.3 - .09) / 99) = .046.
  const auto right = [](std::size_t from, std::size_t to) {
    std::vector<std::uint8_t> answers(100, 0);
    for (std::size_t i = from; i < to; ++i) answers[i] = 1;
    return answers;
  };
  c::RankTable table = square({0.40, 0.42, 0.70, 0.72}, {1, 0, 3, 2});  // wrong along `second` only
  table.runs[0].right = right(10, 50), table.runs[1].right = right(14, 56);
  table.runs[2].right = right(0, 70), table.runs[3].right = right(4, 76);
  const c::Ranking all = c::rank(table);
  BOOST_TEST(all.pairs_of_noise == 0u);
  BOOST_TEST(all.judgements.front().sign_error_mean == 0.5);
  table.drop_noise = true;
  const c::Ranking kept = c::rank(table);
  BOOST_TEST(kept.pairs == 4u);
  BOOST_TEST(kept.pairs_of_noise == 2u);
  BOOST_TEST(kept.judgements.front().sign_error_mean == 0);
  table.runs[3].right.pop_back();  // another test set
  BOOST_CHECK_THROW(c::rank(table), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(a_perfect_and_a_reversed_measure) {
  const c::Judgement perfect = c::rank(square({1, 2, 3, 4}, {10, 20, 30, 40})).judgements.front();
  BOOST_TEST(perfect.tau_b == 1);
  BOOST_TEST(perfect.sign_error_max == 0);
  BOOST_TEST(std::abs(perfect.information - 1) < 1e-12);
  c::RankTable table = square({1, 2, 3, 4}, {40, 30, 20, 10});
  BOOST_TEST(c::rank(table).judgements.front().tau_b == -1);
  BOOST_TEST(std::abs(c::rank(table).judgements.front().information + 1) < 1e-12);
  table.directions = {-1};
  BOOST_TEST(c::rank(table).judgements.front().tau_b == 1);
}

BOOST_AUTO_TEST_CASE(constant_groups_do_not_poison_the_mean) {
  // Along `second` the measure is constant where first = a: that environment has no tau, the other one has.
  const c::Judgement j = c::rank(square({1, 2, 3, 4}, {1, 1, 2, 3})).judgements.front();
  BOOST_TEST(j.psi.at("second") == 1);
  BOOST_TEST(j.psi.at("first") == 1);
  BOOST_TEST(j.sign_error_mean == 0.125);  // one tie among four pairs counts one half
  // A constant measure has no tau at all, and errs half of the time.
  const c::Judgement constant = c::rank(square({1, 2, 3, 4}, {5, 5, 5, 5})).judgements.front();
  BOOST_TEST(std::isnan(constant.tau_b));
  BOOST_TEST(std::isnan(constant.Psi));
  BOOST_TEST(constant.sign_error_mean == 0.5);
}

BOOST_AUTO_TEST_CASE(environments_with_a_constant_target_are_dropped) {
  const c::Ranking r = c::rank(square({1, 1, 3, 4}, {1, 2, 3, 4}));
  BOOST_TEST(r.environments.at("second").kept == 1u);
  BOOST_TEST(r.environments.at("second").dropped == 1u);
  BOOST_TEST(r.judgements.front().psi.at("second") == 1);
}

BOOST_AUTO_TEST_CASE(runs_are_paired_by_seed) {
  // Seed 2 is far above seed 1 in both; within each seed the measure falls where the target rises.
  c::RankTable table{{"axis"}, {"m"}, "t", {}, {1}, 0};
  for (const double shift : {0.0, 100.0})
    for (const double x : {1.0, 2.0, 3.0})
      table.runs.push_back({{std::to_string(x)}, shift > 0 ? "2" : "1", shift + x, {shift - x}});
  const c::Judgement j = c::rank(table).judgements.front();
  BOOST_TEST(j.tau_b > 0);
  BOOST_TEST(j.Psi == -1);
  BOOST_TEST(j.sign_error_mean == 1);
}

// Numbers drawn for each of 30 configurations; the expected sign error is the mean over all tables.
BOOST_AUTO_TEST_CASE(intervals_contain_the_expected_sign_error_in_95_percent_of_tables) {
  constexpr int tables = 400;
  std::vector<c::Judgement> all;
  for (std::uint64_t t = 0; t < tables; ++t) {
    const pipeline::Random draws(t, "test", "ranking", "");
    c::RankTable table{{"a", "b"}, {"m"}, "target", {}, {1}};
    for (std::uint64_t i = 0; i < 30; ++i) {
      const double common = draws.normal(3 * i);
      for (const char* seed : {"1", "2"})
        table.runs.push_back({{std::to_string(i / 6), std::to_string(i % 6)},
                              seed,
                              common + draws.normal(3 * i + 1),
                              {common + draws.normal(3 * i + 2)}});
    }
    all.push_back(c::rank(table, 1, 400).judgements.front());
  }
  double expected = 0, contain = 0;
  for (const c::Judgement& j : all) expected += j.sign_error_mean / tables;
  for (const c::Judgement& j : all)
    contain += j.sign_error_interval.low <= expected && expected <= j.sign_error_interval.high;
  BOOST_TEST(expected > .3);
  BOOST_TEST(expected < .4);
  BOOST_TEST(contain / tables >= .93);  // .95 less two standard errors; a bootstrap of pairs is on the wide side
}

// A configuration that is drawn twice counts twice: of three, those drawn once weigh half as much.
BOOST_AUTO_TEST_CASE(the_interval_of_three_configurations_worked_by_hand) {
  // Pairs (1,2) and (2,3) have sign error 0, (1,3) has 1. Resamples of {1,2,3} give 1/3; {1,1,2} and the like give 0 for
  // {1,2} and {2,3}, and 1 for {1,3}; one configuration three times gives nothing.
  const c::RankTable table{
      {"a"}, {"m"}, "target", {{{"1"}, "1", 1, {2.}}, {{"2"}, "1", 3, {3.}}, {{"3"}, "1", 0, {2.5}}}, {1}};
  const c::Judgement j = c::rank(table).judgements.front();
  BOOST_TEST(j.sign_error_mean == 1. / 3, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(j.sign_error_interval.low == 0);
  BOOST_TEST(j.sign_error_interval.high == 1);
}

BOOST_AUTO_TEST_CASE(one_run_is_no_ranking) {
  c::RankTable table = square({1, 2, 3, 4}, {1, 2, 3, 4});
  table.runs.resize(1);
  BOOST_CHECK_THROW(c::rank(table), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
