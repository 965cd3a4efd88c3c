#include <algorithm>
#include <cmath>
#include <iostream>
#include <nlohmann/json.hpp>
#include <set>

#include "base/numbers.hpp"
#include "base/utf8.hpp"
#include "cli/command.hpp"
#include "cli/comparison_text.hpp"
#include "cli/complain.hpp"
#include "comparing/onset.hpp"
#include "comparing/test_error.hpp"
#include "config/complaint.hpp"

namespace pipeline::cli {

namespace {

using comparing::ComparedRun;
using comparing::Comparison;
using comparing::ComparisonOptions;
using comparing::Group;
using comparing::LastValues;

enum class Format { text, csv, json };

Format format_of(const std::string& word) {
  if (word == "text") return Format::text;
  if (word == "csv") return Format::csv;
  if (word == "json") return Format::json;
  throw UsageError("--format must be text, csv or json, not " + base::quoted(word));
}

/// "accuracy=0.002"
std::pair<std::string, double> delta_in(const std::string& word) {
  const std::size_t equals = word.find('=');
  const auto value = equals == word.npos ? std::nullopt : base::parse_real(word.substr(equals + 1));
  if (!value || !(*value > 0) || !std::isfinite(*value))
    throw UsageError("--delta " + base::quoted(word) + " is not METRIC=SIZE, such as accuracy=0.002");
  return {word.substr(0, equals), *value};
}

std::string settings_text(const Group& group) {
  std::string text;
  for (const auto& [key, value] : group.settings) text += (text.empty() ? "" : ", ") + key + " = " + value;
  return text;
}

struct Compared {
  const Group* group;
  std::vector<LastValues> values;
  std::vector<Comparison> comparisons;
};

nlohmann::ordered_json number_or_null(double x) { return std::isfinite(x) ? nlohmann::ordered_json(x) : nullptr; }

nlohmann::ordered_json as_json(const comparing::Estimate& e) {
  return {{"n", e.n},
          {"mean", e.mean},
          {"sd", e.sd},
          {"low", number_or_null(e.interval.low)},
          {"high", number_or_null(e.interval.high)}};
}

nlohmann::ordered_json as_json(const Comparison& c, const ComparisonOptions& options) {
  const std::size_t needed = runs_needed(c, options);
  nlohmann::ordered_json j = {
      {"metric", c.metric},
      {"layer", c.layer ? nlohmann::ordered_json(c.layer) : nullptr},
      {"model", c.model},
      {"reference", c.reference},
      {"of_model", as_json(c.of_model)},
      {"of_reference", as_json(c.of_reference)},
      {"difference", as_json(c.of_difference)},
      {"dropped", c.dropped},
      {"d_z", number_or_null(c.d_z)},
      {"p", c.p},
      {"p_holm", c.p_holm},
      {"p_failed_as_worst", c.p_failed_as_worst ? nlohmann::ordered_json(*c.p_failed_as_worst) : nullptr},
      {"wins", c.wins},
      {"ties", c.ties},
      {"wins_low", c.wins_interval.low},
      {"wins_high", c.wins_interval.high},
      {"detectable", number_or_null(detectable_difference(c, options))},
      {"runs_needed", needed ? nlohmann::ordered_json(needed) : nullptr},
      {"since_step", c.since ? nlohmann::ordered_json(*c.since) : nullptr},
      {"test_samples", nullptr},
      {"verdict", word_of(c.verdict)}};
  if (c.test)
    j["test_samples"] = {{"n", c.test->samples},
                         {"difference", c.test->difference},
                         {"standard_error", c.test->standard_error},
                         {"p", c.test->p ? nlohmann::ordered_json(*c.test->p) : nullptr}};
  return j;
}

void print(const std::vector<Compared>& all, const ComparisonOptions& options, Format format) {
  if (format == Format::json) {
    nlohmann::ordered_json groups = nlohmann::ordered_json::array();
    for (const Compared& c : all) {
      nlohmann::ordered_json settings = nlohmann::ordered_json::object(), list = nlohmann::ordered_json::array();
      for (const auto& [key, value] : c.group->settings) settings[key] = value;
      for (const Comparison& comparison : c.comparisons) list.push_back(as_json(comparison, options));
      groups.push_back({{"settings", settings}, {"seeds", c.group->seeds}, {"comparisons", list}});
    }
    std::cout << nlohmann::ordered_json{{"alpha", options.alpha}, {"looks", options.looks}, {"groups", groups}}.dump(
                     2, ' ', false, nlohmann::ordered_json::error_handler_t::replace)
              << "\n";
    return;
  }
  if (format == Format::csv) {
    std::vector<comparing::GroupComparison> groups;
    groups.reserve(all.size());
    for (const Compared& c : all) groups.push_back({c.group->settings, c.comparisons});
    std::cout << as_csv(groups);
    return;
  }
  std::vector<Comparison> together;
  for (const Compared& c : all) {
    const std::string settings = settings_text(*c.group);
    std::cout << plural(c.group->runs.size(), "run") << (settings.empty() ? "" : " with " + settings) << ", seeds";
    for (const std::string& seed : c.group->seeds) std::cout << " " << seed;
    std::cout << "\n\n" << as_text(c.values, c.comparisons, options);
    together.insert(together.end(), c.comparisons.begin(), c.comparisons.end());
  }
  std::cout << notes_on(together, options);
}

/// Throws UsageError for a name of an option that occurs in no run.
void check_names(const std::vector<LastValues>& values, const ComparisonOptions& how,
                 const std::set<std::string>& only) {
  const auto must_be = [](const char* what, const std::string& name, const std::vector<std::string>& known) {
    throw UsageError(std::string("no ") + what + " " + base::quoted(name) + " in these runs\n  " +
                     config::suggestion(name, known));
  };
  std::vector<std::string> metrics, models;
  for (const LastValues& v : values) {
    if (std::ranges::find(metrics, v.metric) == metrics.end()) metrics.push_back(v.metric);
    for (const auto& [model, by_run] : v.models)
      if (std::ranges::find(models, model) == models.end()) models.push_back(model);
  }
  for (const std::string& name : only)
    if (std::ranges::none_of(values, [&](const LastValues& v) { return is_meant(name, v, values); }))
      must_be("metric", name, metrics);
  for (const auto& [name, delta] : how.delta)
    if (std::ranges::find(metrics, name) == metrics.end()) must_be("metric", name, metrics);
  if (!how.reference.empty() && std::ranges::find(models, how.reference) == models.end())
    must_be("model", how.reference, models);
}

/// Two runs that differ in more than their seed: what differs, and every metric at the last step that both measured.
void print_two(const std::vector<ComparedRun>& runs, const std::set<std::string>& only) {
  std::cout << "the runs differ in\n";
  for (const auto& [key, values] : comparing::differing_settings(runs))
    std::cout << "  " << key << ": " << (values[0].empty() ? "(not set)" : values[0]) << " and "
              << (values[1].empty() ? "(not set)" : values[1]) << "\n";
  std::map<std::tuple<std::string, std::size_t, std::string>, std::map<std::uint64_t, double>> first;
  for (const Row& row : runs[0].results->rows) first[{row.metric, row.layer, row.model}][row.step] = row.value;
  std::size_t unmatched = 0, matched = 0;
  std::map<std::tuple<std::string, std::size_t, std::string>, std::tuple<std::uint64_t, double, double>> last;
  std::vector<std::tuple<std::string, std::size_t, std::string>> order;
  for (const Row& row : runs[1].results->rows) {
    const std::tuple key(row.metric, row.layer, row.model);
    const auto series = first.find(key);
    if (series == first.end() || !series->second.contains(row.step)) {
      ++unmatched;
      continue;
    }
    ++matched;
    if (!last.contains(key)) order.push_back(key);
    last[key] = {row.step, series->second.at(row.step), row.value};
  }
  unmatched += runs[0].results->rows.size() - matched;
  std::cout << "\nat the last step that both measured (one run each: no difference here says anything about another "
               "seed)\n";
  for (const auto& key : order) {
    const auto& [metric, layer, model] = key;
    if (!only.empty() && !only.contains(metric)) continue;
    const auto& [step, a, b] = last.at(key);
    std::cout << "  " << metric << (layer ? ", layer " + std::to_string(layer) : "") << ", " << model << ", step "
              << step << ": " << base::nine_digits(a) << " and " << base::nine_digits(b) << ", difference "
              << base::nine_digits(b - a) << "\n";
  }
  if (unmatched) std::cout << plural(unmatched, "row") << " of one run only are left out\n";
}

}  // namespace

int compare(const Words& words) {
  options::options_description visible("options");
  visible.add_options()("reference", options::value<std::string>()->value_name("MODEL"),
                        "the model that the others are compared with; default: the first")(
      "metric", options::value<Words>()->composing()->value_name("NAME"), "compare this metric only (repeatable)")(
      "delta", options::value<Words>()->composing()->value_name("METRIC=SIZE"),
      "differences up to this size do not matter; needed for the verdict `equivalent` (repeatable)")(
      "looks", options::value<std::size_t>()->default_value(1)->value_name("N"),
      "how often a sweep that still grows is looked at in all; each look tests at .05 / N")(
      "format", options::value<std::string>()->default_value("text")->value_name("FORMAT"), "text, csv or json");
  const Parsed parsed(words, "compare RUN|SWEEP ... [options]",
                      "Compares the models of runs that differ in their seed, run by run: means and intervals, exact\n"
                      "p-values, and a verdict. Of two runs that differ in more, it lists what differs and the last\n"
                      "values.",
                      visible, "  pipeline compare seeds --reference noreg --delta accuracy=0.002");
  if (parsed.help_given()) return Exit::ok;
  if (parsed.positional().empty()) throw UsageError("compare needs runs or a sweep: pipeline compare RUN|SWEEP ...");
  ComparisonOptions how;
  if (parsed.has("reference")) how.reference = parsed.get<std::string>("reference");
  if (parsed.has("delta"))
    for (const std::string& word : parsed.get<Words>("delta")) how.delta.insert(delta_in(word));
  how.looks = parsed.get<std::size_t>("looks");
  if (how.looks < 1 || how.looks > 1000) throw UsageError("--looks must be a number from 1 to 1000");
  const Format format = format_of(parsed.get<std::string>("format"));
  std::set<std::string> only;
  if (parsed.has("metric"))
    for (const std::string& name : parsed.get<Words>("metric")) only.insert(name);

  std::vector<ComparedRun> runs;
  std::set<std::filesystem::path> seen;  // a shell's * also gives links to runs, such as latest
  for (const std::string& folder : parsed.positional()) {
    expect_folder(folder);
    if (!seen.insert(std::filesystem::canonical(folder)).second) continue;
    for (ComparedRun& run : comparing::read_runs(folder, [](const std::string& w) { warn("warning: " + w); }))
      runs.push_back(std::move(run));
  }
  if (const std::string different = comparing::made_differently(runs); !different.empty())
    warn("warning: " + different);
  if (runs.empty()) throw UsageError("no run of this sweep has ended yet");
  const std::vector<Group> groups = comparing::groups_of(runs);
  const bool two_settings = runs.size() == 2 && groups.size() == 2;
  if (two_settings && format == Format::text) {
    print_two(runs, only);
    return Exit::ok;
  }
  std::vector<Compared> all;
  std::vector<LastValues> every;  // value of every group
  for (const Group& group : groups) {
    all.push_back({&group, comparing::last_values(group.runs), {}});
    every.insert(every.end(), all.back().values.begin(), all.back().values.end());
  }
  check_names(every, how, only);
  for (Compared& c : all) {
    std::erase_if(c.values, [&](const LastValues& v) {
      return !only.empty() &&
             std::ranges::none_of(only, [&](const std::string& name) { return is_meant(name, v, every); });
    });
    c.comparisons = comparing::compare(c.values, how);
    comparing::add_test_errors(c.comparisons, c.group->runs);
    comparing::add_onsets(c.comparisons, c.group->runs, how.level());
  }
  print(all, how, format);
  return Exit::ok;
}

}  // namespace pipeline::cli
