// The template plugins of every kind, in one study.
#include <boost/test/unit_test.hpp>

#include "support/program.hpp"

using namespace support;

BOOST_AUTO_TEST_SUITE(examples)

BOOST_AUTO_TEST_CASE(examples_of_every_kind_run_in_one_study) {
  const World world;
  world.write("study.ini", R"(# Do the examples work?
[dataset]
plugin = example_dataset
[network]
layers = 2, 8, 2
[training]
steps = 200
batch_size = 20
[model:plain]
[model:pulled]
regularisers = example_regulariser
example_regulariser.strength = 1e-2
[model:other]
optimiser = example_optimiser
[metric:accuracy]
every = 100
[metric:example_metric]
every = 100
[metric:example_sample_metric]
every = 100
on = both
[report:example_report]
)");
  const Said said =
      world.run({"run", "study.ini", "--plugin-path", BUILD_DIR "/lib/pipeline/template", "--out", "out"});
  check_exit(said, 0);
  check_says(said.out, "the newest accuracies are in example_report.txt");
  const std::string rows = world.read("out/metrics.csv");
  check_says(rows, "\n200,pulled,example_metric,2,");
  // The untrained network gives both classes about the same probability; the right one gains.
  const auto probability = [&](const std::string& start) {
    const std::size_t at = rows.find(start);
    return at == rows.npos ? 0 : std::stod(rows.substr(at + start.size()));
  };
  BOOST_TEST(std::abs(probability("\n0,control,example_sample_metric,,") - 0.5) < 0.2);
  BOOST_TEST(probability("\n200,plain,example_sample_metric,,") > 0.7);
  BOOST_TEST(probability("\n200,plain,example_sample_metric.train,,") > 0.7);
  BOOST_TEST(probability("\n200,other,example_sample_metric,,") > 0.7);
  // Two clouds whose centres are 2 apart along each axis: the best straight line classifies .92 correctly.
  const std::string start = "\n200,plain,accuracy,,";
  BOOST_TEST(std::stod(rows.substr(rows.find(start) + start.size(), 6)) > 0.8);
  BOOST_TEST(world.read("out/example_report.txt").starts_with("plain 0."));
}

BOOST_AUTO_TEST_SUITE_END()
