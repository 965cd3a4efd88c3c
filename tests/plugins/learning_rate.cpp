// learning_rate: a scheduled model's rows, as a run writes them, and the control network's.
#include <boost/test/unit_test.hpp>

#include "running/scheduler.hpp"
#include "support/measured.hpp"
#include "support/small_model.hpp"

using namespace support;
using namespace pipeline;

BOOST_AUTO_TEST_SUITE(learning_rate)

// Two steps of warm-up, then cosine over four: shares 1/2, 1, 1, .853553, .5, .146447, and 0 after the last.
BOOST_AUTO_TEST_CASE(matches_a_schedule_worked_by_hand) {
  experiment::Pipeline p;
  p.network.sizes = {20, 4, 5};
  p.steps = 6;
  p.batch_size = 10;
  learning::Schedule cosine;
  cosine.shape = learning::Schedule::Shape::cosine;
  cosine.steps = 6, cosine.warmup = 2;
  p.models.push_back({"scheduled", {}, 0.5f, cosine, {}});
  p.models.push_back({"constant", {}, 0.25f, {}, {}});
  experiment::MetricConfig section = metric("learning_rate").config;
  section.every = 1;
  section.plugin.make = [] { return std::shared_ptr<Metric>(load<Metric>("metric", "learning_rate")); };
  p.metrics.push_back(section);
  Data data;
  data.train = data.test = few_samples(20, 5, 50);
  data.classes = 5;
  running::Scheduler scheduler(p, data, 1, nullptr);
  scheduler.start();
  std::map<std::string, std::vector<double>> rates;
  for (bool over = false; !over;) {
    const auto news = scheduler.wait(1);
    over = news.over;
    for (const auto& released : news.rows)
      for (const Row& row : released.measured.rows) rates[row.model].push_back(row.value);
  }
  scheduler.rethrow();
  BOOST_REQUIRE(rates["control"].size() == 1u);
  BOOST_TEST(std::isnan(rates["control"][0]));
  BOOST_TEST(rates["constant"] == std::vector<double>(7, 0.25), boost::test_tools::per_element());
  const std::vector<double> expected = {.25, .5, .5, .5 * .8535533906, .25, .5 * .1464466094, 0};
  BOOST_REQUIRE(rates["scheduled"].size() == expected.size());
  for (std::size_t t = 0; t < expected.size(); ++t) BOOST_TEST(std::abs(rates["scheduled"][t] - expected[t]) < 3e-8);
}

BOOST_AUTO_TEST_SUITE_END()
