// From which step on a difference shows.
#include "comparing/onset.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>
#include <pipeline/random.hpp>

namespace c = pipeline::comparing;

namespace {

/// A run whose rows are given.
struct Rows final : pipeline::RunResults {
  std::vector<std::uint64_t> node_steps(const std::string&, const std::string&, const std::string&) const override {
    return {};
  }
  arma::mat nodes(const std::string&, const std::string&, const std::string&, std::size_t) const override { return {}; }
  std::map<std::string, arma::fmat> weights(const std::string&) const override { return {}; }
  std::vector<std::uint16_t> predicted(const std::string&) const override { return {}; }
  std::vector<std::uint16_t> test_labels() const override { return {}; }
  std::vector<pipeline::PipelineSection> resolved() const override { return {}; }
  const pipeline::Data& data() const override { throw std::logic_error("no data"); }
};

/// Runs of two models: difference(run, step) is that of b to a, at steps 0 to 9.
template <class Difference>
std::vector<c::ComparedRun> runs_with(std::size_t runs, const Difference& difference) {
  std::vector<c::ComparedRun> all;
  for (std::size_t run = 0; run < runs; ++run) {
    auto results = std::make_unique<Rows>();
    for (std::uint64_t step = 0; step < 10; ++step) {
      const double base = 0.1 * static_cast<double>(step) + 0.01 * static_cast<double>(run);
      results->rows.push_back({step, "a", "m", 1, base});
      results->rows.push_back({step, "b", "m", 1, base + difference(run, step)});
    }
    pipeline::Series series(*results, std::numeric_limits<std::uint64_t>::max());
    all.push_back({std::move(results), std::move(series), {}, {}, ""});
  }
  return all;
}

c::DifferenceCurve curve_of(const std::vector<c::ComparedRun>& runs) {
  c::ComparedRuns pointers;
  for (const c::ComparedRun& run : runs) pointers.push_back(&run);
  return c::difference_curve(pointers, "m", 1, "b", "a");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(onset)

BOOST_AUTO_TEST_CASE(a_difference_that_begins_at_step_4) {
  const auto runs = runs_with(8, [](std::size_t run, std::uint64_t step) {
    return step < 4 ? 0.01 * std::sin(double(7 * run + step)) : 0.5 + 0.01 * std::sin(double(run * step));
  });
  const c::DifferenceCurve curve = curve_of(runs);
  BOOST_TEST(curve.runs == 8u);
  BOOST_TEST(curve.steps.size() == 10u);
  BOOST_TEST_REQUIRE(curve.onset.has_value());
  BOOST_TEST(*curve.onset == 4u);
  BOOST_TEST(curve.half_width[9] < 0.5);
  BOOST_TEST(curve.half_width[0] > std::abs(curve.mean[0]));
}

BOOST_AUTO_TEST_CASE(one_that_is_gone_at_the_end_does_not_count) {
  const auto runs = runs_with(8, [](std::size_t run, std::uint64_t step) {
    return (step < 8 ? 0.5 : 0.0) + 0.01 * std::sin(double(7 * run + step));
  });
  BOOST_TEST(!curve_of(runs).onset.has_value());
}

BOOST_AUTO_TEST_CASE(five_runs_show_nothing_and_equal_differences_are_no_error) {
  const auto clear = [](std::size_t run, std::uint64_t) { return 1 + 0.01 * static_cast<double>(run); };
  BOOST_TEST(!curve_of(runs_with(5, clear)).onset.has_value());
  BOOST_TEST(std::isinf(curve_of(runs_with(4, clear)).half_width[0]));
  BOOST_TEST(curve_of(runs_with(6, clear)).onset.value_or(99) == 0u);
  const auto exact = [](std::size_t, std::uint64_t step) { return step == 0 ? 0.0 : 1.0; };
  BOOST_TEST(curve_of(runs_with(8, exact)).onset.value_or(99) == 1u);
  BOOST_TEST(curve_of(runs_with(1, exact)).steps.empty());
}

BOOST_AUTO_TEST_CASE(without_a_difference_it_shows_as_rarely_as_promised) {
  constexpr std::size_t sweeps = 1000;
  std::size_t shown = 0;
  for (std::size_t sweep = 0; sweep < sweeps; ++sweep) {
    const pipeline::Random random(3, "null", "", std::to_string(sweep));
    const auto curve = curve_of(runs_with(8, [&](std::size_t run, std::uint64_t step) {
      return random.uniform(2 * (10 * run + step)) - random.uniform(2 * (10 * run + step) + 1);
    }));
    for (std::size_t i = 0; i < curve.steps.size(); ++i)
      if (std::abs(curve.mean[i]) > curve.half_width[i]) {  // anywhere, not only to the end
        ++shown;
        break;
      }
  }
  BOOST_TEST(static_cast<double>(shown) / sweeps <= 0.05 + 2 * std::sqrt(0.05 * 0.95 / sweeps), shown);
  BOOST_TEST(shown > 0u);
}

BOOST_AUTO_TEST_SUITE_END()
