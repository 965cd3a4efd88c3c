// A pipeline is a value: it can be copied, hashed before any data is loaded, and run several times at once.
#include <boost/test/unit_test.hpp>
#include <future>

#include "experiment/identity.hpp"
#include "support/small_run.hpp"

using namespace support;
using namespace pipeline;
using experiment::configuration_hash;
using experiment::Pipeline;

namespace {

Pipeline pipeline_of(const Scratch& scratch, const std::string& more = "") {
  return SmallRun(scratch, small_pipeline(20, 100, 50) + "[metric:accuracy]\nevery = 10\n" + more +
                               "[model:plain]\n[model:noisy]\nregularisers = dropout\ndropout.keep_prob = 0.8\n")
      .description();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(pipelines_are_values)

BOOST_AUTO_TEST_CASE(a_copy_outlives_the_catalogue_and_has_the_same_hash) {
  const Scratch scratch;
  const Pipeline original = pipeline_of(scratch), copy = original;
  BOOST_TEST(configuration_hash(copy, {}, {}) == configuration_hash(original, {}, {}));
  BOOST_TEST(configuration_hash(copy, {}, {}).size() == 64u);
  // Every call makes a new object: two models or two runs never share one.
  const auto& make = copy.models[1].regularisers[0].plugin.make;
  BOOST_TEST(make() != make());
}

BOOST_AUTO_TEST_CASE(the_hash_covers_values_plugins_and_data_and_nothing_else) {
  const Scratch scratch;
  const Pipeline p = pipeline_of(scratch);
  const auto hash = [&](const Pipeline& of) { return configuration_hash(of, {{"metric accuracy", "aa"}}, {}); };
  const std::string before = hash(p);
  BOOST_TEST(configuration_hash(p, {{"metric accuracy", "ab"}}, {}) != before);
  BOOST_TEST(configuration_hash(p, {{"metric accuracy", "aa"}}, {{"images.gz", "/a/images.gz", "f1", "/a"}}) != before);
  BOOST_TEST(configuration_hash(p, {{"metric accuracy", "aa"}}, {{"images.gz", "/a/images.gz", "f1", "/a"}}) !=
             configuration_hash(p, {{"metric accuracy", "aa"}}, {{"images.gz", "/a/images.gz", "f2", "/a"}}));
  // The same files elsewhere are the same configuration.
  BOOST_TEST(configuration_hash(p, {{"metric accuracy", "aa"}}, {{"images.gz", "/a/images.gz", "f1", "/a"}}) ==
             configuration_hash(p, {{"metric accuracy", "aa"}}, {{"images.gz", "/b/images.gz", "f1", "/b"}}));
  // A report changes no number.
  BOOST_TEST(hash(pipeline_of(scratch, "[report:summary]\n")) == before);
  BOOST_TEST(hash(pipeline_of(scratch, "[metric:loss]\nevery = 10\n")) != before);
}

BOOST_AUTO_TEST_CASE(one_value_runs_twice_at_once) {
  const Scratch scratch;
  const Pipeline p = pipeline_of(scratch);
  const auto run = [&](const std::string& name) {
    plugins::Catalogue catalogue{plugins::search_path({}, false)};
    running::RunOptions options;
    options.fetch.offline = true;
    options.out = scratch.path() / name;
    Quiet quiet;
    running::run(p, catalogue, options, quiet);
  };
  auto first = std::async(std::launch::async, run, "first"), second = std::async(std::launch::async, run, "second");
  first.get(), second.get();
  const std::string rows = read_file(scratch.path() / "first/metrics.csv");
  BOOST_TEST(rows.find("\n20,noisy,accuracy,,") != rows.npos);
  BOOST_TEST(rows == read_file(scratch.path() / "second/metrics.csv"));
  BOOST_TEST(read_file(scratch.path() / "first/weights.h5") == read_file(scratch.path() / "second/weights.h5"));
}

BOOST_AUTO_TEST_SUITE_END()
