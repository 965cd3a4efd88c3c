// Mixup: partners are a permutation, targets are blended like inputs, and lambda follows its beta distribution.
#include <boost/test/unit_test.hpp>

#include <numbers>

#include "support/scratch.hpp"
#include "support/small_model.hpp"

using namespace support;
using namespace pipeline;

namespace {

constexpr arma::uword size = 12;

/// The unit matrix, blended: column i has lambda in row i and 1 - lambda in row p(i).
Batch blended(const learning::Entry& e, std::uint64_t step) {
  Batch batch{arma::eye<arma::fmat>(size, size), arma::eye<arma::fmat>(size, size), {}};
  e.batch->change(batch, e.step(step, 0.1f));
  return batch;
}

/// The lambdas of the first `steps` steps. Only a batch in which every sample is its own partner hides its lambda: 1 in
/// 479 million.
std::vector<double> lambdas(const char* alpha, int steps) {
  const learning::Entry e = plugin("mixup", {{"alpha", alpha}});
  std::vector<double> out;
  for (int t = 0; t < steps; ++t) out.push_back(arma::fvec(blended(e, std::uint64_t(t)).inputs.diag()).min());
  return out;
}

double share_below(const std::vector<double>& values, double x) {
  return double(std::ranges::count_if(values, [&](double v) { return v < x; })) / double(values.size());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(mixup)

BOOST_AUTO_TEST_CASE(matches_two_samples_worked_by_hand) {
  const learning::Entry e = plugin("mixup", {{"alpha", "1"}});
  for (std::uint64_t t = 0; t < 20; ++t) {
    Batch batch{{{0, 8}, {4, 4}}, {{1, 0}, {0, 1}}, {}};
    e.batch->change(batch, e.step(t, 0.1f));
    const float l = batch.targets(0, 0);
    const arma::fmat inputs = {{8 * (1 - l), 8 * l}, {4, 4}}, targets = {{l, 1 - l}, {1 - l, l}};
    if (l == 1) continue;                                          // each sample is its own partner
    BOOST_TEST(arma::abs(batch.inputs - inputs).max() <= 2e-6);    // a few roundings of numbers up to 8
    BOOST_TEST(arma::abs(batch.targets - targets).max() <= 2e-7);  // and of numbers up to 1
  }
}

BOOST_AUTO_TEST_CASE(a_batch_has_one_lambda_and_one_permutation_for_inputs_and_targets) {
  const learning::Entry e = plugin("mixup", {{"alpha", "1"}});
  bool fixed_point = false, lambda_changes = false;
  float last = -1;
  for (std::uint64_t t = 0; t < 50; ++t) {
    const Batch batch = blended(e, t);
    BOOST_TEST(same_bits(batch.inputs, batch.targets));
    const float l = arma::fvec(batch.inputs.diag()).min();
    for (arma::uword i = 0; i < size; ++i) {
      BOOST_TEST((batch.inputs(i, i) == l || std::abs(batch.inputs(i, i) - 1) < 1e-6));  // its own partner: l + (1 - l)
      fixed_point |= batch.inputs(i, i) != l;
      BOOST_TEST(std::abs(arma::accu(batch.inputs.row(i)) - 1) < 1e-6);  // each sample is a partner exactly once
      BOOST_TEST(std::abs(arma::accu(batch.inputs.col(i)) - 1) < 1e-6);
    }
    lambda_changes |= l != last;
    last = l;
  }
  BOOST_TEST((fixed_point && lambda_changes));
}

// Beta(a, a) has mean 1/2, variance 1 / (4 (2a + 1)) and fourth central moment 3 / (16 (2a + 1) (2a + 3)).
BOOST_AUTO_TEST_CASE(lambda_has_the_moments_of_its_beta_distribution) {
  constexpr int n = 20'000;
  for (const char* alpha : {"0.2", "1", "8", "1000"}) {
    const double a = std::stod(alpha), variance = 1 / (4 * (2 * a + 1)), fourth = 3 / (16 * (2 * a + 1) * (2 * a + 3));
    double mean = 0, square = 0;
    for (const double l : lambdas(alpha, n)) mean += l / n, square += (l - .5) * (l - .5) / n;
    BOOST_TEST_CONTEXT("alpha " << alpha) {
      BOOST_TEST(std::abs(mean - .5) < 5 * std::sqrt(variance / n));  // 5 sd each
      BOOST_TEST(std::abs(square - variance) < 5 * std::sqrt((fourth - variance * variance) / n));
    }
  }
}

BOOST_AUTO_TEST_CASE(lambda_follows_the_distributions_known_in_closed_form) {
  constexpr int n = 20'000;
  const std::vector<double> uniform = lambdas("1", n), arcsine = lambdas("0.5", n);
  for (const double x : {.01, .1, .5, .8}) {
    const double p = 2 / std::numbers::pi * std::asin(std::sqrt(x));
    BOOST_TEST(std::abs(share_below(uniform, x) - x) < 5 * std::sqrt(x * (1 - x) / n));  // 5 sd of a share
    BOOST_TEST(std::abs(share_below(arcsine, x) - p) < 5 * std::sqrt(p * (1 - p) / n));
  }
}

BOOST_AUTO_TEST_CASE(a_tiny_alpha_gives_0_or_1_and_a_huge_alpha_one_half) {
  for (const char* alpha : {"1e-6", "1e-40"}) {
    const std::vector<double> tiny = lambdas(alpha, 400);
    BOOST_TEST(std::ranges::count_if(tiny, [](double l) { return l != 0 && l != 1; }) == 0);
    BOOST_TEST(std::abs(share_below(tiny, .5) - .5) < 5 * .5 / 20);  // 5 sd of a share of 400
  }
  for (const double l : lambdas("1e30", 20)) BOOST_TEST(std::abs(l - .5) < 1e-6);
}

BOOST_AUTO_TEST_CASE(a_batch_of_one_is_refused) {
  const auto complaint = [](std::uint64_t batch_size) {
    return message_of([&] { plugin("mixup").object->check_training({batch_size, 100}); });
  };
  BOOST_TEST(complaint(2) == "");
  check_says(complaint(1), "batch_size = 1 leaves nothing to blend");
}

BOOST_AUTO_TEST_SUITE_END()
