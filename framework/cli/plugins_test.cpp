#include "cli/plugins_test.hpp"

#include <iostream>
#include <map>
#include <nlohmann/json.hpp>

#include "config/complaint.hpp"
#include "config/numbers.hpp"
#include "conformance/contained.hpp"
#include "conformance/made.hpp"
#include "plugins/probe.hpp"

namespace pipeline::cli {

namespace {
namespace fs = std::filesystem;
using conformance::Candidate;
using conformance::Outcome;
using conformance::Values;
using conformance::Verdict;
using nlohmann::ordered_json;
using pipeline::plugins::Found;

/// The plugins of a file, or those of a name; nothing of them has run.
std::vector<Found> wanted(pipeline::plugins::Catalogue& catalogue, const std::string& plugin) {
  std::error_code ignored;
  const bool file = plugin.find('/') != std::string::npos || plugin.ends_with(".so") || plugin.ends_with(".dylib");
  if (file) {
    if (!fs::exists(plugin, ignored)) throw UsageError("there is no file '" + plugin + "'");
    const auto contents = pipeline::plugins::contents_of(fs::absolute(plugin));
    if (contents.plugins.empty())
      throw pipeline::plugins::RefusedPlugin(
          {"there is no plugin to test: the file " +
               (contents.passed_over.empty() ? std::string("exports none") : contents.passed_over),
           {},
           "a plugin is exported by the line PIPELINE_REGULARISER(...) or its like at the end of its source"},
          plugin);
    return contents.plugins;
  }
  std::vector<Found> out;
  Words known;
  for (const Found& f : catalogue.all()) {
    known.push_back(f.name);
    if (f.name == plugin) out.push_back(f);
  }
  if (out.empty()) throw UsageError("unknown plugin '" + plugin + "'" + indented(config::suggestion(plugin, known)));
  return out;
}

/// The same, loaded: each library was tried in a process of its own first. Throws RefusedPlugin.
std::vector<Candidate> loaded(const std::vector<Found>& all) {
  std::vector<Candidate> out;
  for (const Found& f : all) {
    const pipeline::plugins::Verdict verdict = pipeline::plugins::judged(f.library);
    if (verdict.refusal)
      throw pipeline::plugins::RefusedPlugin(pipeline::plugins::said_of(f, *verdict.refusal), f.library);
    out.push_back({pipeline::plugins::open_door(f)});
    try {
      conformance::with_object(out.back(), [](auto&&...) {});
    } catch (const pipeline::plugins::RefusedPlugin&) {
      throw;
    } catch (const std::exception& e) {
      throw pipeline::plugins::RefusedPlugin(
          {f.kind + " '" + f.name + "' fails while it declares its parameters: " + e.what(), {}, ""}, f.library);
    }
  }
  return out;
}

std::pair<std::string, std::string> split(const std::string& word) {
  const std::size_t equals = word.find('=');
  if (equals == std::string::npos || equals == 0)
    throw UsageError("'" + word + "' is no key=value; test one plugin or library at a time");
  return {word.substr(0, equals), word.substr(equals + 1)};
}

/// `layers` and `biases`, which every regulariser takes as an entry of a model does.
void set_common(Candidate& candidate, const std::string& key, const std::string& value) {
  Words layers;
  bool biases = false;
  Parameters common;
  common.words("layers", layers, "all, or layer numbers (0 is the inputs)");
  common.flag("biases", biases, "whether biases are regularised too");
  if (const auto complaint = common.find(key)->set(value)) throw UsageError(key + " = " + value + " " + *complaint);
  if (key == "biases") {
    candidate.biases = biases;
    return;
  }
  candidate.layers.reset();
  if (layers == Words{"all"}) return;
  candidate.layers.emplace();
  for (const std::string& word : layers) {
    const auto layer = config::parse_whole(word);
    if (!layer || *layer > conformance::kDeepest)
      throw UsageError("'" + word + "' is no layer of the networks on which it is tried" +
                       indented("all, or numbers from 0 (the inputs) to " + std::to_string(conformance::kDeepest)));
    candidate.layers->insert(*layer);
  }
}

/// Gives each plugin the settings that it has a parameter for; each must be somebody's.
void set(std::vector<Candidate>& candidates, const Words& settings) {
  for (const std::string& word : settings) {
    const auto [key, value] = split(word);
    Words known;
    bool taken = false;
    for (Candidate& c : candidates) {
      if (c.plugin.kind == "regulariser") {
        known.insert(known.end(), {"layers", "biases"});
        if (key == "layers" || key == "biases") {
          set_common(c, key, value);
          taken = true;
          continue;
        }
      }
      conformance::with_object(c, [&](const auto&, Parameters& parameters) {
        for (const Parameter& p : parameters.all()) known.push_back(p.name);
        Parameter* p = parameters.find(key);
        if (!p) return;
        if (const auto complaint = p->set(value)) throw UsageError(key + " = " + value + " " + *complaint);
        c.values.emplace_back(key, value);
        taken = true;
      });
    }
    if (!taken) throw UsageError("there is no parameter '" + key + "'" + indented(config::suggestion(key, known)));
  }
}

const char* column(Verdict verdict) {
  return verdict == Verdict::passed ? "ok      " : verdict == Verdict::failed ? "FAILED  " : "skipped ";
}

void print(const Outcome& o, const std::string& says, bool verbose) {
  std::cout << "  " << column(o.verdict) << " " << o.law << (verbose ? ": " + says : "") << "\n";
  std::string detail = o.detail;
  for (std::size_t at = 0; (at = detail.find('\n', at)) != std::string::npos; at += 14) detail.insert(at + 1, 13, ' ');
  if (!detail.empty()) std::cout << "             " << detail << "\n";
  std::cout.flush();
}

using Counts = std::map<Verdict, std::size_t>;

ordered_json as_json(const Candidate& candidate, const std::vector<Outcome>& outcomes) {
  const auto& all = conformance::laws(candidate.plugin.kind);
  ordered_json list = ordered_json::array();
  for (std::size_t i = 0; i < outcomes.size(); ++i)
    list.push_back({{"law", outcomes[i].law},
                    {"says", all[i].says},
                    {"outcome", conformance::word(outcomes[i].verdict)},
                    {"detail", outcomes[i].detail}});
  return {{"kind", candidate.plugin.kind},
          {"name", candidate.plugin.name},
          {"path", candidate.plugin.library.string()},
          {"laws", list}};
}

}  // namespace

int test_plugins(pipeline::plugins::Catalogue& catalogue, const std::string& plugin, const Words& settings, bool json,
                 bool verbose, unsigned seconds) {
  std::vector<Candidate> candidates = loaded(wanted(catalogue, plugin));
  set(candidates, settings);
  Counts count;
  ordered_json plugins = ordered_json::array();
  for (const Candidate& candidate : candidates) {
    const auto& all = conformance::laws(candidate.plugin.kind);
    std::size_t next = 0;
    if (!json)
      std::cout << candidate.plugin.kind << " '" << candidate.plugin.name << "', " << candidate.plugin.library.string()
                << "\n"
                << std::flush;
    const auto outcomes = conformance::judge_contained(candidate, std::chrono::seconds(seconds), [&](const Outcome& o) {
      ++count[o.verdict];
      if (!json) print(o, all[next].says, verbose);
      ++next;
    });
    plugins.push_back(as_json(candidate, outcomes));
  }
  const std::size_t sum = count[Verdict::passed] + count[Verdict::failed] + count[Verdict::skipped];
  if (json)
    std::cout << ordered_json{{"plugins", plugins},
                              {"passed", count[Verdict::passed]},
                              {"failed", count[Verdict::failed]},
                              {"skipped", count[Verdict::skipped]}}
                     .dump(2, ' ', false, ordered_json::error_handler_t::replace)
              << "\n";
  else
    std::cout << plural(sum, "law") << ": " << count[Verdict::passed] << " ok, " << count[Verdict::failed]
              << " failed, " << count[Verdict::skipped] << " skipped\n";
  return count[Verdict::failed] ? Exit::plugin_refused : Exit::ok;
}

}  // namespace pipeline::cli
