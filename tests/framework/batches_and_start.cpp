// The samples of each batch and the untrained network: functions of the seed, with the documented distributions.
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>

#include "learning/batches.hpp"
#include "learning/start.hpp"

using namespace pipeline;
using learning::Batches, learning::starting_network;

BOOST_AUTO_TEST_SUITE(batches)

BOOST_AUTO_TEST_CASE(every_epoch_is_a_permutation_even_if_batches_span_two_epochs) {
  for (const auto& [samples, size] : {std::pair{60, 12}, {50, 12}, {7, 7}, {7, 6}, {5, 1}}) {
    Batches batches(1, samples, size);
    std::vector<std::uint32_t> all;
    for (std::uint64_t t = 0; all.size() < 4u * samples; ++t) {
      const auto& batch = batches.at(t);
      BOOST_TEST_REQUIRE(batch.size() == static_cast<std::size_t>(size));
      all.insert(all.end(), batch.begin(), batch.end());
    }
    for (int epoch = 0; epoch < 4; ++epoch) {
      std::vector<std::uint32_t> one(all.begin() + epoch * samples, all.begin() + (epoch + 1) * samples);
      std::ranges::sort(one);
      for (std::uint32_t i = 0; i < one.size(); ++i) BOOST_TEST(one[i] == i);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_batch_depends_only_on_seed_and_number) {
  Batches ascending(1, 50, 12), jumping(1, 50, 12), other_seed(2, 50, 12);
  std::vector<std::vector<std::uint32_t>> in_order;
  for (std::uint64_t t = 0; t < 20; ++t) in_order.push_back(ascending.at(t));
  for (const std::uint64_t t : {19, 0, 4, 4, 3, 12, 11}) BOOST_TEST((jumping.at(t) == in_order[t]));
  BOOST_TEST((other_seed.at(0) != in_order[0]));
  Batches whole(1, 50, 50);
  const std::vector<std::uint32_t> first = whole.at(0);
  BOOST_TEST((whole.at(1) != first));  // every epoch has its own order
}

BOOST_AUTO_TEST_CASE(every_order_of_three_is_equally_likely) {
  std::map<std::vector<std::uint32_t>, int> count;
  Batches batches(3, 3, 3);
  for (std::uint64_t e = 0; e < 6000; ++e) ++count[batches.at(e)];
  BOOST_TEST(count.size() == 6u);
  for (const auto& [order, n] : count) BOOST_TEST(std::abs(n - 1000) < 145);  // 5 sd: sqrt(6000 / 6 * 5 / 6) = 28.9
}

BOOST_AUTO_TEST_CASE(a_batch_must_fit_into_the_training_set) {
  BOOST_CHECK_THROW(Batches(1, 10, 11), std::invalid_argument);
  BOOST_CHECK_THROW(Batches(1, 10, 0), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(start)

BOOST_AUTO_TEST_CASE(weights_are_normal_and_truncated_at_two_sd) {
  const Network network = starting_network({{400, 300, 10}, false}, {}, 1);
  const arma::vec w = arma::conv_to<arma::vec>::from(arma::vectorise(network.layer(1).W));
  const double n = 120'000;
  BOOST_TEST_REQUIRE(w.n_elem == 120'000u);
  BOOST_TEST(arma::abs(w).max() <= 0.2);
  BOOST_TEST(arma::abs(w).max() > 0.1998);  // about 27 of 120,000 draws are in the outermost .1 % of 2 sd
  // A normal truncated at 2 sd has sd .8796; over n draws the mean has sd .088 / sqrt(n), and the sd has .6 of that.
  BOOST_TEST(std::abs(arma::mean(w)) < 5 * 0.08796 / std::sqrt(n));
  BOOST_TEST(std::abs(arma::stddev(w) - 0.08796) < 5 * 0.08796 * 0.6 / std::sqrt(n));
  // Truncated, not clipped to the limits: .6827 / .9545 of the draws are within one sd.
  const double within = double(arma::accu(arma::umat(arma::abs(w) < 0.1))) / n;
  BOOST_TEST(std::abs(within - 0.6827 / 0.9545) < 5 * std::sqrt(0.7152 * 0.2848 / n));
}

using Rule = learning::StartingWeights::Rule;

arma::fmat first_weights(std::vector<std::size_t> sizes, const learning::StartingWeights& start) {
  return starting_network({std::move(sizes), true}, start, 1).layer(1).W;
}

BOOST_AUTO_TEST_CASE(he_is_normal_with_variance_2_over_the_inputs) {
  const arma::vec w =
      arma::conv_to<arma::vec>::from(arma::vectorise(first_weights({400, 300, 10}, {.rule = Rule::he})));
  const double n = 120'000, sd = std::sqrt(2 / 400.);
  BOOST_TEST(std::abs(arma::mean(w)) < 5 * sd / std::sqrt(n));
  BOOST_TEST(std::abs(arma::stddev(w) / sd - 1) < 5 * std::sqrt(.5 / n));
  BOOST_TEST(std::abs(double(arma::accu(arma::umat(arma::abs(w) > 2 * sd))) / n - .0455) < 5 * std::sqrt(.0455 / n));
}

BOOST_AUTO_TEST_CASE(glorot_is_uniform_up_to_the_root_of_6_over_inputs_and_outputs) {
  const double n = 120'000, limit = std::sqrt(6 / 700.);
  const arma::vec w =
      arma::conv_to<arma::vec>::from(arma::vectorise(first_weights({400, 300, 10}, {.rule = Rule::glorot}))) / limit;
  BOOST_TEST(arma::abs(w).max() <= 1);
  BOOST_TEST(arma::abs(w).max() > .9998);
  BOOST_TEST(std::abs(arma::mean(w)) < 5 * std::sqrt(1 / 3. / n));
  for (const double x : {.1, .5, .9})
    BOOST_TEST(std::abs(double(arma::accu(arma::umat(arma::abs(w) < x))) / n - x) < 5 * std::sqrt(x * (1 - x) / n), x);
}

BOOST_AUTO_TEST_CASE(orthogonal_has_rows_or_columns_of_one_length_at_right_angles) {
  for (const auto& [inputs, outputs] : {std::pair{40, 30}, {30, 40}, {30, 30}, {5, 1}, {1, 1}}) {
    const arma::mat W = arma::conv_to<arma::mat>::from(
        first_weights({std::size_t(inputs), std::size_t(outputs), 2}, {.rule = Rule::orthogonal, .scale = 3}));
    const arma::mat gram = outputs <= inputs ? arma::mat(W * W.t()) : arma::mat(W.t() * W);
    BOOST_TEST(arma::abs(gram - 9 * arma::eye(arma::size(gram))).max() < 1e-5);
  }
  // Without the signs of R's diagonal, the diagonal would be mostly negative.
  const arma::fmat W = first_weights({200, 200, 2}, {.rule = Rule::orthogonal});
  const double positive = double(arma::accu(arma::umat(W.diag() > 0)));
  BOOST_TEST(std::abs(positive - 100) < 5 * std::sqrt(50));
}

BOOST_AUTO_TEST_CASE(scale_multiplies_and_zero_is_zero) {
  for (const Rule rule : {Rule::he, Rule::glorot, Rule::orthogonal}) {
    const arma::fmat one = first_weights({40, 30, 2}, {.rule = rule}),
                     half = first_weights({40, 30, 2}, {.rule = rule, .scale = 0.5});
    BOOST_TEST(arma::abs(half - one / 2).max() < 1e-8f, name_of(rule));
    BOOST_TEST(arma::abs(one).max() > 0.1f, name_of(rule));
  }
  BOOST_TEST(arma::abs(first_weights({40, 30, 2}, {.rule = Rule::zero})).max() == 0);
}

BOOST_AUTO_TEST_CASE(biases_are_all_equal_and_optional_in_the_last_layer) {
  const Network without = starting_network({{4, 3, 2}, false}, {.sd = 0.1, .biases = 0.25}, 1);
  BOOST_TEST((without.layer(1).b.n_elem == 3 && arma::all(without.layer(1).b == 0.25f)));
  BOOST_TEST(without.layer(2).b.is_empty());
  BOOST_TEST(starting_network({{4, 3, 2}, true}, {}, 1).layer(2).b.n_elem == 2u);
}

BOOST_AUTO_TEST_CASE(weights_depend_only_on_seed_layer_and_place) {
  const Network one = starting_network({{40, 30, 10}, true}, {}, 1),
                again = starting_network({{40, 30, 10}, true}, {}, 1);
  const Network deeper = starting_network({{40, 30, 20, 10}, true}, {}, 1),
                other = starting_network({{40, 30, 10}, true}, {}, 2);
  const auto same = [](const arma::fmat& a, const arma::fmat& b) { return arma::approx_equal(a, b, "absdiff", 0); };
  BOOST_TEST(same(one.layer(2).W, again.layer(2).W));
  BOOST_TEST(same(one.layer(1).W, deeper.layer(1).W));
  BOOST_TEST(!same(one.layer(1).W, other.layer(1).W));
  BOOST_TEST(!same(one.layer(1).W.submat(0, 0, 9, 9), one.layer(2).W.submat(0, 0, 9, 9)));
}

BOOST_AUTO_TEST_SUITE_END()
