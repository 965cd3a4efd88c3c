// What a page shows of a curve, and the numbers in it. The page itself is opened by tests/page.
#include <boost/test/unit_test.hpp>
#include <cmath>

#include "../../plugins/reports/page/content.hpp"

using namespace pipeline;
using namespace pipeline::reports;

namespace {

/// Reads what Packed::add wrote, as numbers.js does.
std::vector<double> unpacked(const std::string& bytes, const Packed::Place& place) {
  std::vector<double> out;
  std::size_t at = place.at;
  double last = 0;
  for (std::size_t i = 0; i < place.count; ++i) {
    double code = 0, times = 1;
    for (; static_cast<unsigned char>(bytes.at(at)) >= 128; ++at, times *= 128)
      code += (static_cast<unsigned char>(bytes[at]) - 128) * times;
    code += static_cast<unsigned char>(bytes[at++]) * times;
    if (code == 0) {
      out.push_back(std::nan(""));
      continue;
    }
    --code;
    last += std::fmod(code, 2) == 0 ? code / 2 : -(code + 1) / 2;
    out.push_back(place.decimals >= 0 ? last / std::pow(10., place.decimals) : last * std::pow(10., -place.decimals));
  }
  return out;
}

void check_reads_back(const std::vector<double>& values, double relative = 5e-6) {
  Packed packed;
  packed.add({1, 2, 3});  // so that it does not begin at 0
  const Packed::Place place = packed.add(values);
  const std::vector<double> back = unpacked(packed.bytes(), place);
  BOOST_TEST_REQUIRE(back.size() == values.size());
  for (std::size_t i = 0; i < values.size(); ++i)
    if (std::isnan(values[i]))
      BOOST_TEST(std::isnan(back[i]));
    else
      BOOST_TEST(std::abs(back[i] - values[i]) <= relative * std::abs(values[i]), back[i] << " for " << values[i]);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(html)

BOOST_AUTO_TEST_CASE(numbers_are_packed_to_five_digits_at_least) {
  check_reads_back({});
  check_reads_back({0});
  check_reads_back({0, 0, 0});
  check_reads_back({0.9812, 0.981, -0.5, 1}, 1e-15);  // four decimals are exact
  check_reads_back({2.302585, 0.0123456789, 0.00123456789, 1e-6});
  check_reads_back({123456789, -987654321, 12}, 1e-15);
  check_reads_back({1e-12, 5e-13, -3e-12});
  check_reads_back({1e20, 3e21, -2e20});
  check_reads_back({1e300, 1e299});
  check_reads_back({1e-290, 3e-291});
  const double nan = std::nan("");
  check_reads_back({nan, 1, nan, nan, -1, nan});
  check_reads_back({nan});
}

BOOST_AUTO_TEST_CASE(values_of_very_different_sizes_keep_what_a_double_has) {
  Packed packed;
  const Packed::Place place = packed.add({1e10, 1e-10});
  BOOST_TEST(std::abs(unpacked(packed.bytes(), place)[0] - 1e10) < 1e-4);  // fifteen digits of the greatest
}

BOOST_AUTO_TEST_CASE(few_points_are_all_shown) {
  std::vector<double> values(most_points, 1);
  BOOST_TEST(shown_indices(values).size() == most_points);
  BOOST_TEST(shown_indices({}).empty());
}

BOOST_AUTO_TEST_CASE(of_many_points_the_ends_and_every_extreme_are_shown) {
  for (const std::size_t n : {most_points + 1, most_points + 2, std::size_t{5001}, std::size_t{100000}}) {
    std::vector<double> values(n);
    for (std::size_t i = 0; i < n; ++i) values[i] = std::sin(static_cast<double>(i) / 50);
    for (const std::size_t spike : {n / 3, n / 2, n - 2}) {
      std::vector<double> spiked = values;
      spiked[spike] = -7;
      const std::vector<std::size_t> shown = shown_indices(spiked);
      BOOST_TEST(shown.size() <= most_points);
      BOOST_TEST(shown.size() > most_points / 3);
      BOOST_TEST(shown.front() == 0u);
      BOOST_TEST(shown.back() == n - 1);
      BOOST_TEST(std::ranges::is_sorted(shown));
      BOOST_TEST((std::ranges::adjacent_find(shown) == shown.end()));
      BOOST_TEST((std::ranges::find(shown, spike) != shown.end()));
    }
    std::vector<double> gaps = values;
    gaps[n / 4] = std::nan("");
    const std::vector<std::size_t> shown = shown_indices(gaps);
    BOOST_TEST(shown.size() <= most_points);
    BOOST_TEST((std::ranges::find(shown, n / 4) != shown.end()));
  }
}

BOOST_AUTO_TEST_CASE(the_opening_comment_is_what_stands_before_the_first_section) {
  BOOST_TEST(opening_comment("# One?\n#\n; Two.\r\n[pipeline]\n# not this\n") == "One?\n\nTwo.\n");
  BOOST_TEST(opening_comment("[pipeline]\n# not this\n") == "");
  BOOST_TEST(opening_comment("#") == "\n");
  BOOST_TEST(opening_comment("") == "");
}

BOOST_AUTO_TEST_SUITE_END()
