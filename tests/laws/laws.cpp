// The laws of framework/conformance for every plugin found: a new one is tried the day it appears.
#include <boost/test/unit_test.hpp>

#include <map>

#include "every_plugin.hpp"

using namespace pipeline;
using namespace pipeline::conformance;

namespace {

/// What plugins of ours that have a parameter without a default are tried with.
Values values_for(const std::string& plugin) {
  if (plugin == "subset") return {{"per_class", "5"}};
  if (plugin == "early_stopping") return {{"metric", "accuracy"}};
  return {};
}

/// How many plugins of any kind passed each law so far: one that nobody passes is one that nobody tried.
std::map<std::string, std::size_t>& passed_by_any() {
  static std::map<std::string, std::size_t> sum;
  return sum;
}

/// How many plugins passed each law. A failed one is reported, a skipped one is told.
std::map<std::string, std::size_t> try_every_law(const std::string& kind) {
  std::map<std::string, std::size_t> passed;
  for (const std::string& name : laws::names(kind))
    for (const Law& law : conformance::laws(kind)) {
      const Outcome outcome = judge(law, {laws::catalogue().load(kind, name), values_for(name)});
      const std::string text = kind + " " + name + ", " + outcome.law + ": " + outcome.detail;
      BOOST_CHECK_MESSAGE(outcome.verdict != Verdict::failed, text);
      if (outcome.verdict == Verdict::skipped) BOOST_TEST_MESSAGE(text);
      // A file that a data set must be given is another matter: it has tests of its own.
      BOOST_CHECK_MESSAGE(kind == "dataset" || !outcome.detail.starts_with("has no default"),
                          text << "; name a value in values_for()");
      passed[law.name] += outcome.verdict == Verdict::passed;
      passed_by_any()[law.name] += outcome.verdict == Verdict::passed;
    }
  return passed;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(every_law)

BOOST_AUTO_TEST_CASE(of_regularisers) {
  auto passed = try_every_law("regulariser");
  BOOST_TEST(passed["neutral_changes_nothing"] >= 5u);  // those that come with the program
}

BOOST_AUTO_TEST_CASE(of_metrics) {
  auto passed = try_every_law("metric");
  BOOST_TEST(passed["what_it_calls_better_is"] >= 6u);  // those of labels that come with the program
}

BOOST_AUTO_TEST_CASE(of_datasets) {
  auto passed = try_every_law("dataset");
  BOOST_TEST(passed["wrapper_keeps_its_promise"] >= 3u);  // those that come with the program
}

BOOST_AUTO_TEST_CASE(of_reports) { try_every_law("report"); }

BOOST_AUTO_TEST_CASE(each_was_tried_on_some_plugin) {
  for (const std::string& kind : plugins::kinds())
    for (const Law& law : conformance::laws(kind))
      BOOST_CHECK_MESSAGE(passed_by_any()[law.name] >= 1, "no plugin passes " << law.name);
}

BOOST_AUTO_TEST_SUITE_END()
