// Statistics of paired comparisons against SciPy 1.10, by hand, and by counting.
#include "comparing/statistics.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace c = pipeline::comparing;

namespace {

const std::vector<double> seven = {0.3, -0.1, 0.25, 0.4, 0.05, 0.2, 0.15};

void check_close(double value, double expected, double tolerance = 1e-9) {
  BOOST_TEST(std::abs(value - expected) <= tolerance * std::max(1.0, std::abs(expected)),
             value << " is not " << expected);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(statistics)

BOOST_AUTO_TEST_CASE(mean_deviation_and_t_interval) {
  const c::Estimate e = c::estimate(seven);
  BOOST_TEST(e.n == 7u);
  check_close(e.mean, 1.25 / 7);
  check_close(e.sd, 0.16547190813232435);
  // SciPy 1.10 gives 0.0255354380 and 0.3316074191: its quantile of t, 2.4469118488, is good to 9 digits only. The
  // true one is 2.44691185114497 (Student's table has 2.447).
  check_close(e.interval.low, e.mean - 2.4469118511449692 * e.sd / std::sqrt(7.0), 1e-14);
  check_close(e.interval.high, 0.3316074191265016);
  check_close(c::estimate(seven, 0.9).interval.low, 0.057040070920010622);
}

BOOST_AUTO_TEST_CASE(one_value_has_no_interval) {
  const c::Estimate e = c::estimate(std::vector<double>{3});
  BOOST_TEST(e.mean == 3);
  BOOST_TEST(e.sd == 0);
  BOOST_TEST(e.interval.high == std::numeric_limits<double>::infinity());
  BOOST_CHECK_THROW(c::estimate({}), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(sign_flips_by_hand) {
  // Of 1 + 2 + 3 with all eight choices of signs, only all plus and all minus reach 6.
  BOOST_TEST(c::sign_flip_p(std::vector<double>{1, 2, 3}) == 2.0 / 8);
  // 3 + 2 - 1 = 4: reached by +++, ++- and their opposites.
  BOOST_TEST(c::sign_flip_p(std::vector<double>{3, 2, -1}) == 4.0 / 8);
  BOOST_TEST(c::sign_flip_p(std::vector<double>{0, 0}) == 1);
  BOOST_TEST(c::sign_flip_p({}) == 1);
  BOOST_TEST(c::sign_flip_p(std::vector<double>(20, 0.1)) == 2.0 / (1 << 20));
}

BOOST_AUTO_TEST_CASE(sign_flips_of_scipy) {
  check_close(c::sign_flip_p(seven), 0.046875);
  // Equal sums count in spite of rounding: 0.1 + 0.2 - 0.3 is not 0 in binary.
  check_close(c::sign_flip_p(std::vector<double>{.01, .02, -.01, .01, -.02, .01, .01, .02, .03, -.01, .01, .02}),
              0.11181640625);
}

BOOST_AUTO_TEST_CASE(drawn_signs_agree_with_all_signs) {
  std::vector<double> differences;
  for (int i = 0; i < 20; ++i) differences.push_back(std::sin(i) + 0.35);
  const double exact = c::sign_flip_p(differences);
  differences.push_back(0);  // 21 values: drawn; a difference of 0 changes no sum
  const double drawn = c::sign_flip_p(differences, 1, 200'000);
  BOOST_TEST(std::abs(drawn - exact) < 4 * std::sqrt(exact * (1 - exact) / 200'000));
  BOOST_TEST(c::sign_flip_p(differences, 1, 200'000) == drawn);
  BOOST_TEST(c::sign_flip_p(std::vector<double>(40, 1.0), 1, 1000) == 1.0 / 1001);
}

BOOST_AUTO_TEST_CASE(holm_by_hand) {
  const std::vector<double> adjusted = c::holm(std::vector<double>{0.01, 0.04, 0.03, 0.005});
  const std::vector<double> expected = {0.03, 0.06, 0.06, 0.02};
  for (std::size_t i = 0; i < 4; ++i) check_close(adjusted[i], expected[i], 1e-15);
  BOOST_TEST(c::holm({}).empty());
  BOOST_TEST(c::holm(std::vector<double>{0.9, 0.8})[0] == 1);
}

BOOST_AUTO_TEST_CASE(how_many_pairs_can_be_tested_at_all) {
  BOOST_TEST(c::smallest_p(0) == 1);
  BOOST_TEST(c::smallest_p(5) > 0.05);
  BOOST_TEST(c::smallest_p(6) < 0.05);
  BOOST_TEST(3 * c::smallest_p(6) > 0.05);
  BOOST_TEST(3 * c::smallest_p(7) < 0.05);
  BOOST_TEST(27 * c::smallest_p(10) > 0.05);
  BOOST_TEST(27 * c::smallest_p(11) < 0.05);
  const std::size_t least[][2] = {{1, 6}, {2, 7}, {3, 7}, {10, 9}, {27, 11}};
  for (const auto& [models, pairs] : least) BOOST_TEST(c::pairs_testable(models) == pairs);
}

BOOST_AUTO_TEST_CASE(binomial_intervals_of_scipy) {
  const struct {
    std::size_t successes, trials;
    double low, high;
  } cases[] = {{0, 10, 0, 0.30849710781876294},
               {10, 10, 0.69150289218123706, 1},
               {7, 10, 0.34754714993999208, 0.93326048882226553},
               {1, 3, 0.0084037586596126465, 0.9057006759492866},
               {100, 1000, 0.082105334355579943, 0.12028793651869372}};
  for (const auto& [successes, trials, low, high] : cases) {
    const c::Interval interval = c::binomial_interval(successes, trials);
    check_close(interval.low, low);
    check_close(interval.high, high);
  }
}

BOOST_AUTO_TEST_CASE(fair_coins_of_scipy) {
  check_close(c::binomial_p(3, 10), 0.34375);
  check_close(c::binomial_p(12, 14), 0.012939453125);
  check_close(c::binomial_p(37, 60), 0.09246098107292373);
  BOOST_TEST(c::binomial_p(5, 10) == 1);
  BOOST_TEST(c::binomial_p(0, 0) == 1);
}

BOOST_AUTO_TEST_CASE(power_of_scipy) {
  const struct {
    std::size_t n;
    double d_z, alpha, power;
  } cases[] = {{10, 0.5, 0.05, 0.29317560653004143}, {10, 1, 0.05, 0.80309685664755126},
               {5, 2, 0.01, 0.54717618928076095},    {2, 1, 0.05, 0.092809155054474402},
               {2, 30, 0.05, 0.99912759418439689},   {100, 0.3, 0.05, 0.84394710275597729},
               {20, -0.7, 0.05, 0.84350587643331187}};
  for (const auto& [n, d_z, alpha, power] : cases) check_close(c::power(n, d_z, alpha), power);
  BOOST_TEST(c::power(10, 0) == 0.05);
  BOOST_TEST(c::power(100, 1e6) == 1);
}

BOOST_AUTO_TEST_CASE(what_so_many_pairs_detect) {
  const std::pair<std::size_t, double> effects[] = {{2, 11.5498884359}, {5, 1.68199696596}, {100, 0.282912632774}};
  for (const auto& [n, d_z] : effects) check_close(c::detectable_effect(n), d_z);
  const std::pair<double, std::size_t> needed[] = {{0.1, 787}, {0.3, 90}, {0.5, 34}, {1, 10}, {2, 5}};
  for (const auto& [d_z, n] : needed) BOOST_TEST(c::pairs_needed(d_z) == n);
  BOOST_TEST(c::pairs_needed(0) == 0u);
  BOOST_TEST(c::pairs_needed(1e-5) == 0u);
  BOOST_TEST(std::isinf(c::detectable_effect(1)));
}

BOOST_AUTO_TEST_CASE(tau_b_with_ties) {
  check_close(c::tau_b(std::vector<double>{1, 2, 2, 3, 5, 4, 4, 1}, std::vector<double>{2, 1, 2, 3, 5, 5, 4, 2}),
              0.73484692283495356);
  BOOST_TEST(c::tau_b(std::vector<double>{1, 2, 3}, std::vector<double>{3, 2, 1}) == -1);
  BOOST_TEST(std::isnan(c::tau_b(std::vector<double>{1, 1}, std::vector<double>{3, 2})));
}

BOOST_AUTO_TEST_SUITE_END()
