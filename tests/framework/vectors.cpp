// Loops over many numbers: the stated order of a sum, the stated error of a power.
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include <pipeline/random.hpp>
#include <pipeline/vectors.hpp>

using namespace pipeline;

BOOST_AUTO_TEST_SUITE(vectors)

BOOST_AUTO_TEST_CASE(a_dot_product_is_sixteen_sums_added_by_halves) {
  for (const std::size_t n : {0, 1, 15, 16, 17, 31, 33, 100, 1000}) {
    std::vector<float> a(n + 1), b(n + 1);
    Random(1, "test", "dot", "").normals(0, a), Random(2, "test", "dot", "").normals(0, b);
    double sums[16] = {};
    for (std::size_t i = 0; i < n; ++i) sums[i % 16] += double{a[i]} * b[i];
    for (std::size_t half = 8; half > 0; half /= 2)
      for (std::size_t k = 0; k < half; ++k) sums[k] += sums[k + half];
    const auto first = [n](const std::vector<float>& x) { return std::span(x).first(n); };
    BOOST_TEST(dot(first(a), first(b)) == sums[0]);
    BOOST_TEST(sum_of_squares(first(a)) == dot(first(a), first(a)));
  }
  BOOST_TEST(sum_of_squares(std::vector<float>{3, 4}) == 25);
}

BOOST_AUTO_TEST_CASE(powers_are_right_within_the_stated_error) {
  const Random draws(1, "test", "powers", "");
  for (const float power : {.01f, .1f, .5f, .8f, .999f, 1.1f, 1.5f, 2.0f}) {
    std::vector<float> x(20'000);
    for (std::size_t i = 0; i < x.size(); ++i)  // of all sizes, denormal ones too
      x[i] = float((i % 2 ? -1 : 1) * std::exp2(draws.uniform(i) * 276 - 149));
    std::vector<float> raised = x;
    raise_sizes(raised, power);
    double worst = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const auto exact = std::pow(std::abs(static_cast<long double>(x[i])), static_cast<long double>(power));
      BOOST_REQUIRE(std::signbit(raised[i]) == std::signbit(x[i]));
      if (exact > std::numeric_limits<float>::max() * 1.000001L)
        BOOST_REQUIRE(std::isinf(raised[i]));
      else if (exact >= std::numeric_limits<float>::min())
        worst = std::max(worst, double(std::abs(std::abs(raised[i]) - exact) / exact));
      else  // a denormal result has the digits that it has room for
        BOOST_REQUIRE(std::abs(std::abs(raised[i]) - exact) <= 1.5L * std::numeric_limits<float>::denorm_min());
    }
    BOOST_TEST(worst < 4e-7, power << ": " << worst);
  }
}

BOOST_AUTO_TEST_CASE(powers_of_special_numbers) {
  const float inf = std::numeric_limits<float>::infinity(), nan = std::numeric_limits<float>::quiet_NaN();
  std::vector<float> x = {0, -0.0f, 1, -1, inf, -inf, nan, 4, -9, 1e-45f, 3e38f};
  const std::vector<float> before = x;
  raise_sizes(x, 1);
  BOOST_TEST(std::memcmp(x.data(), before.data(), x.size() * sizeof(float)) == 0);
  raise_sizes(x, .5f);
  const std::vector<float> expected = {0, -0.0f, 1, -1, inf, -inf, nan, 2, -3};
  BOOST_TEST(std::memcmp(x.data(), expected.data(), 6 * sizeof(float)) == 0);
  BOOST_TEST((std::isnan(x[6]) && x[7] == 2 && x[8] == -3));
}

BOOST_AUTO_TEST_SUITE_END()
