// Tries the laws of framework/conformance on every plugin found, so that a new one needs no entry here.
#include <boost/test/unit_test.hpp>

#include <map>

#include "conformance/made.hpp"
#include "every_plugin.hpp"

using namespace pipeline;
using namespace pipeline::conformance;
using plugins::PluginKind;

namespace {

/// Values for those parameters of our plugins that have no default.
Values values_for(const std::string& plugin) {
  if (plugin == "subset") return {{"per_class", "5"}};
  if (plugin == "early_stopping") return {{"metric", "accuracy"}};
  return {};
}

/// The plugin at its defaults, and with every other value of each choice, one at a time.
std::vector<Candidate> every_variant(PluginKind kind, const std::string& name) {
  const Candidate defaults{laws::catalogue().load(kind, name), values_for(name)};
  std::vector<Candidate> out = {defaults};
  with_object(defaults, [&](const auto&, const Parameters& parameters) {
    for (const Parameter& p : parameters.all()) {
      if (p.type != ParameterType::choice) continue;
      for (const std::string& value : p.choices) {
        if (value == p.get()) continue;
        out.push_back(defaults);
        out.back().values.emplace_back(p.name, value);
      }
    }
  });
  return out;
}

/// A plugin that was tried, and the result of every law for its kind.
struct Tried {
  Candidate candidate;
  bool defaults;  // no choice was changed
  std::vector<LawResult> results = {};

  std::string text(const LawResult& result) const {
    std::string out = plugins::title(candidate.plugin.kind, candidate.plugin.name);
    for (const auto& [name, value] : candidate.values) out += " " + name + "=" + value;
    return out + ", " + result.law + ": " + result.detail;
  }
};

/// All plugins of a kind. They are tried once, by the first test case that needs them.
const std::vector<Tried>& tried(PluginKind kind) {
  static std::map<PluginKind, std::vector<Tried>> by_kind;
  const auto [at, is_new] = by_kind.try_emplace(kind);
  if (!is_new) return at->second;
  for (const std::string& name : laws::names(kind))
    for (const Candidate& candidate : every_variant(kind, name)) {
      Tried t{candidate, candidate.values == values_for(name)};
      for (const Law& law : conformance::laws(kind)) t.results.push_back(check_law(law, candidate));
      at->second.push_back(std::move(t));
    }
  return at->second;
}

/// How many plugins of a kind pass a law at their defaults.
std::size_t count_passed(PluginKind kind, const std::string& law) {
  std::size_t sum = 0;
  for (const Tried& t : tried(kind))
    for (const LawResult& result : t.results)
      sum += t.defaults && result.law == law && result.status == LawStatus::passed;
  return sum;
}

void check_every_law(PluginKind kind) {
  for (const Tried& t : tried(kind))
    for (const LawResult& result : t.results) {
      const std::string text = t.text(result);
      BOOST_CHECK_MESSAGE(result.status != LawStatus::failed, text);
      if (result.status == LawStatus::skipped) BOOST_TEST_MESSAGE(text);
      // Datasets that need a file have tests of their own.
      BOOST_CHECK_MESSAGE(kind == PluginKind::dataset || !result.detail.starts_with("has no default"),
                          text << "; add a value to values_for()");
      // Our own plugins train at their defaults, and their neutral values change nothing with any choice, unless that
      // choice does not use them.
      BOOST_CHECK_MESSAGE(!result.detail.starts_with("diverges"), text);
      BOOST_CHECK_MESSAGE(result.law != "neutral_changes_nothing" || t.candidate.plugin.name == "weight_average" ||
                              result.detail.find("only where every choice is at its default") == std::string::npos,
                          text);
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(every_law)

BOOST_AUTO_TEST_CASE(of_regularisers) {
  check_every_law(PluginKind::regulariser);
  BOOST_TEST(count_passed(PluginKind::regulariser, "neutral_changes_nothing") >= 5u);  // the built-in ones
}

BOOST_AUTO_TEST_CASE(of_optimisers) {
  check_every_law(PluginKind::optimiser);
  BOOST_TEST(count_passed(PluginKind::optimiser, "first_step_leads_downhill") >= 8u);  // the built-in ones
  BOOST_TEST(count_passed(PluginKind::optimiser, "neutral_changes_nothing") >= 2u);    // momentum and nesterov
  BOOST_TEST(count_passed(PluginKind::optimiser, "plain_descent_is_plain") == 1u);     // sgd
}

BOOST_AUTO_TEST_CASE(of_metrics) {
  check_every_law(PluginKind::metric);
  BOOST_TEST(count_passed(PluginKind::metric, "direction_is_right") >= 6u);  // the built-in ones that use labels
}

// Otherwise a choice could be left untried unnoticed.
BOOST_AUTO_TEST_CASE(every_choice_is_tried) {
  BOOST_TEST(every_variant(PluginKind::regulariser, "l1").size() == 2u);
  BOOST_TEST(every_variant(PluginKind::regulariser, "gaussian_noise").size() == 3u);
  BOOST_TEST(every_variant(PluginKind::regulariser, "l2").size() == 1u);
  BOOST_TEST(every_variant(PluginKind::dataset, "csv").size() == 1 + 1 + 3 + 2 + 3u);
}

BOOST_AUTO_TEST_CASE(of_datasets) {
  check_every_law(PluginKind::dataset);
  BOOST_TEST(count_passed(PluginKind::dataset, "wrapper_matches_its_declared_shape") >= 3u);  // the built-in ones
  BOOST_TEST(count_passed(PluginKind::dataset, "wrapper_learns_from_training_samples_alone") >= 3u);
}

BOOST_AUTO_TEST_CASE(of_reports) { check_every_law(PluginKind::report); }

// A law that no plugin passes may have been tried on none. Kinds share laws that some of them have no plugin for.
BOOST_AUTO_TEST_CASE(each_was_tried_on_some_plugin) {
  std::map<std::string, std::size_t> passed;
  for (const PluginKind kind : plugins::kKinds)
    for (const Law& law : conformance::laws(kind)) passed[law.name] += count_passed(kind, law.name);
  for (const auto& [law, count] : passed) BOOST_CHECK_MESSAGE(count >= 1, "no plugin passes " << law);
}

BOOST_AUTO_TEST_SUITE_END()
