// The laws of framework/conformance for every plugin found: a new one is tried the day it appears.
#include <boost/test/unit_test.hpp>

#include <map>

#include "conformance/made.hpp"
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

/// What each plugin of ours is tried with: its defaults, and every other value of each choice, one at a time.
std::vector<Candidate> every_way(const std::string& kind, const std::string& name) {
  const Candidate defaults{laws::catalogue().load(kind, name), values_for(name)};
  std::vector<Candidate> out = {defaults};
  with_object(defaults, [&](const auto&, const Parameters& parameters) {
    for (const Parameter& p : parameters.all()) {
      if (p.type != "choice") continue;
      for (const std::string& value : p.choices) {
        if (value == p.get()) continue;
        out.push_back(defaults);
        out.back().values.emplace_back(p.name, value);
      }
    }
  });
  return out;
}

std::string named(const Candidate& candidate) {
  std::string out = candidate.plugin.kind + " " + candidate.plugin.name;
  for (const auto& [name, value] : candidate.values) out += " " + name + "=" + value;
  return out;
}

/// How many plugins passed each law at their defaults. A failed one is reported, a skipped one is told.
std::map<std::string, std::size_t> try_every_law(const std::string& kind) {
  std::map<std::string, std::size_t> passed;
  for (const std::string& name : laws::names(kind)) {
    bool defaults = true;
    for (const Candidate& candidate : every_way(kind, name)) {
      for (const Law& law : conformance::laws(kind)) {
        const Outcome outcome = judge(law, candidate);
        const std::string text = named(candidate) + ", " + outcome.law + ": " + outcome.detail;
        BOOST_CHECK_MESSAGE(outcome.verdict != Verdict::failed, text);
        if (outcome.verdict == Verdict::skipped) BOOST_TEST_MESSAGE(text);
        // A file that a data set must be given is another matter: it has tests of its own.
        BOOST_CHECK_MESSAGE(kind == "dataset" || !outcome.detail.starts_with("has no default"),
                            text << "; name a value in values_for()");
        // Of ours, every default trains, and a neutral value holds for every choice but where it is not used.
        BOOST_CHECK_MESSAGE(!outcome.detail.starts_with("diverges"), text);
        BOOST_CHECK_MESSAGE(law.name != std::string("neutral_changes_nothing") || name == "weight_average" ||
                                outcome.detail.find("is promised where every choice") == std::string::npos,
                            text);
        if (!defaults) continue;
        passed[law.name] += outcome.verdict == Verdict::passed;
        passed_by_any()[law.name] += outcome.verdict == Verdict::passed;
      }
      defaults = false;
    }
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

// Or a choice would be left untried without a word.
BOOST_AUTO_TEST_CASE(every_choice_is_tried) {
  BOOST_TEST(every_way("regulariser", "l1").size() == 2u);
  BOOST_TEST(every_way("regulariser", "gaussian_noise").size() == 3u);
  BOOST_TEST(every_way("regulariser", "l2").size() == 1u);
  BOOST_TEST(every_way("dataset", "csv").size() == 1 + 1 + 2 + 3u);
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
