// `pipeline plugins test`, a separate program (lib/pipeline/laws), so that `pipeline` does not contain the laws.

#include <iostream>
#include <map>
#include <nlohmann/json.hpp>

#include "base/numbers.hpp"
#include "base/signal_stack.hpp"
#include "base/utf8.hpp"
#include "cli/command.hpp"
#include "cli/guarded.hpp"
#include "config/complaint.hpp"
#include "conformance/contained.hpp"
#include "conformance/made.hpp"
#include "plugins/probe.hpp"

namespace pipeline::cli {

namespace {
namespace fs = std::filesystem;
using conformance::Candidate;
using conformance::LawResult;
using conformance::LawStatus;
using conformance::Values;
using nlohmann::ordered_json;
using pipeline::plugins::Found;

/// The plugins of a file, or those of a name. None of their code has run yet.
std::vector<Found> find_plugins(pipeline::plugins::Catalogue& catalogue, const std::string& plugin) {
  std::error_code ignored;
  const bool file = plugin.find('/') != std::string::npos || plugin.ends_with(".so");
  if (file) {
    if (!fs::exists(plugin, ignored)) throw UsageError("there is no file " + base::quoted_path(plugin));
    const auto contents = pipeline::plugins::contents_of(fs::absolute(plugin));
    if (contents.plugins.empty())
      throw pipeline::plugins::RefusedPlugin(
          {"there is no plugin to test: the file " +
               (contents.passed_over.empty() ? std::string("exports none") : contents.passed_over),
           {},
           "export each plugin with PIPELINE_REGULARISER(...), or the macro of its kind, at the end of its source"},
          plugin);
    return contents.plugins;
  }
  std::vector<Found> out;
  Words known;
  for (const Found& f : catalogue.all()) {
    known.push_back(f.name);
    if (f.name == plugin) out.push_back(f);
  }
  if (out.empty())
    throw UsageError("unknown plugin " + base::quoted(plugin) + indented(config::suggestion(plugin, known)));
  return out;
}

/// Loads the plugins; each library was probed in a process of its own first. Throws RefusedPlugin.
std::vector<Candidate> load(const std::vector<Found>& all) {
  std::vector<Candidate> out;
  for (const Found& f : all) {
    if (const auto refusal = pipeline::plugins::probe_result(f.library).refusal)
      throw pipeline::plugins::RefusedPlugin(pipeline::plugins::refusal_of(f, *refusal), f.library);
    out.push_back({pipeline::plugins::load_plugin(f)});
  }
  return out;
}

std::pair<std::string, std::string> split(const std::string& word) {
  const std::size_t equals = word.find('=');
  if (equals == std::string::npos || equals == 0)
    throw UsageError(base::quoted(word) + " is not key=value; test one plugin or library at a time");
  return {word.substr(0, equals), word.substr(equals + 1)};
}

/// `layers` and `biases`, which apply to every regulariser, as in a model.
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
    const auto layer = base::parse_whole(word);
    if (!layer || *layer > conformance::kDeepest)
      throw UsageError(
          base::quoted(word) + " is not a layer of the networks that the laws use" +
          indented("give all, or numbers from 0 (the inputs) to " + std::to_string(conformance::kDeepest)));
    candidate.layers->insert(*layer);
  }
}

/// Sets each parameter on every plugin that declares it; at least one must.
void set(std::vector<Candidate>& candidates, const Words& settings) {
  for (const std::string& word : settings) {
    const auto [key, value] = split(word);
    Words known;
    bool used = false;
    for (Candidate& c : candidates) {
      if (c.plugin.kind == pipeline::plugins::PluginKind::regulariser) {
        known.insert(known.end(), {"layers", "biases"});
        if (key == "layers" || key == "biases") {
          set_common(c, key, value);
          used = true;
          continue;
        }
      }
      try {
        conformance::with_object(c, [&](const auto&, Parameters& parameters) {
          for (const Parameter& p : parameters.all()) known.push_back(p.name);
          Parameter* p = parameters.find(key);
          if (!p) return;
          if (const auto complaint = p->set(value)) throw UsageError(key + " = " + value + " " + *complaint);
          c.values.emplace_back(key, value);
          used = true;
        });
      } catch (const conformance::Unusable&) {  // its parameters are unknown; the first law reports that
        used = true;
      }
    }
    if (!used)
      throw UsageError("there is no parameter " + base::quoted(key) + indented(config::suggestion(key, known)));
  }
}

const char* column(LawStatus status) {
  return status == LawStatus::passed ? "ok      " : status == LawStatus::failed ? "FAILED  " : "skipped ";
}

void print(const LawResult& result, const std::string& statement, bool verbose) {
  std::cout << "  " << column(result.status) << " " << result.law << (verbose ? ": " + statement : "") << "\n";
  std::string detail = result.detail;
  for (std::size_t at = 0; (at = detail.find('\n', at)) != std::string::npos; at += 14) detail.insert(at + 1, 13, ' ');
  if (!detail.empty()) std::cout << "             " << detail << "\n";
  std::cout.flush();
}

using Counts = std::map<LawStatus, std::size_t>;

/// Found by its symbol, a plugin can be in a file of any name; but once the file is damaged, only its name is left.
std::string note_on_file_name(const Candidate& candidate) {
  const fs::path& library = candidate.plugin.library;
  if (library.stem() == candidate.plugin.name || pipeline::plugins::contents_of(library).plugins.size() != 1) return "";
  return "its file is called " + library.filename().string() + "; call it " + candidate.plugin.name +
         ".so, so that it can be found by that name";
}

ordered_json as_json(const Candidate& candidate, const std::vector<LawResult>& results) {
  const auto& all = conformance::laws(candidate.plugin.kind);
  ordered_json list = ordered_json::array();
  for (std::size_t i = 0; i < results.size(); ++i)
    list.push_back({{"law", results[i].law},
                    {"statement", all[i].statement},
                    {"outcome", conformance::name_of(results[i].status)},
                    {"detail", results[i].detail}});
  return {{"kind", name_of(candidate.plugin.kind)},
          {"name", candidate.plugin.name},
          {"path", candidate.plugin.library.string()},
          {"note", note_on_file_name(candidate)},
          {"laws", list}};
}

int test(const Words& words) {
  options::options_description visible("options");
  visible.add_options()("json", "print JSON")("verbose", "print what each law requires")(
      "seconds", options::value<unsigned>()->default_value(60)->value_name("N"), "time limit per law in seconds");
  add_plugin_options(visible);
  const Parsed parsed(
      words, "plugins test FILE.so|NAME [key=value ...]",
      "Checks the laws that every plugin must obey, on the plugins of a library or of that name, with these\n"
      "parameters set. The laws run in a separate process, so a plugin that crashes or hangs fails a law. A\n"
      "law that would fail for the same reason as an earlier one is skipped. A regulariser that acts layer by\n"
      "layer also takes layers and biases, as in a model. Exit 3 if a law fails.",
      visible, "  pipeline plugins test my_lasso/build/my_lasso.so strength=0.1");
  if (parsed.help_given()) return Exit::ok;
  const Words& given = parsed.positional();
  if (given.empty()) throw UsageError("test needs a library or the name of a plugin: pipeline plugins test FILE.so");
  const auto seconds = parsed.get<unsigned>("seconds");
  if (seconds < 1 || seconds > 86400)
    throw UsageError("--seconds must be a number from 1 to 86400");  // -1 reads as 4294967295
  const bool json = parsed.has("json"), verbose = parsed.has("verbose");
  pipeline::plugins::Catalogue catalogue = catalogue_from(parsed);
  const std::string& plugin = given.front();
  const Words settings(given.begin() + 1, given.end());
  std::vector<Candidate> candidates = load(find_plugins(catalogue, plugin));
  set(candidates, settings);
  Counts count;
  ordered_json plugins = ordered_json::array();
  for (const Candidate& candidate : candidates) {
    const auto& all = conformance::laws(candidate.plugin.kind);
    std::size_t next = 0;
    if (!json)
      std::cout << pipeline::plugins::title(candidate.plugin.kind, candidate.plugin.name) << ", "
                << candidate.plugin.library.string() << "\n"
                << std::flush;
    if (const std::string note = note_on_file_name(candidate); !json && !note.empty())
      std::cout << "  note     " << note << "\n" << std::flush;
    const auto results =
        conformance::check_contained(candidate, std::chrono::seconds(seconds), [&](const LawResult& result) {
          ++count[result.status];
          if (!json) print(result, all[next].statement, verbose);
          ++next;
        });
    plugins.push_back(as_json(candidate, results));
  }
  const std::size_t sum = count[LawStatus::passed] + count[LawStatus::failed] + count[LawStatus::skipped];
  if (json)
    std::cout << ordered_json{{"plugins", plugins},
                              {"passed", count[LawStatus::passed]},
                              {"failed", count[LawStatus::failed]},
                              {"skipped", count[LawStatus::skipped]}}
                     .dump(2, ' ', false, ordered_json::error_handler_t::replace)
              << "\n";
  else
    std::cout << plural(sum, "law") << ": " << count[LawStatus::passed] << " ok, " << count[LawStatus::failed]
              << " failed, " << count[LawStatus::skipped] << " skipped\n";
  return count[LawStatus::failed] ? Exit::plugin_refused : Exit::ok;
}

}  // namespace
}  // namespace pipeline::cli

int main(int argc, char** argv) {
  const pipeline::base::SignalStack for_crashes;
  return pipeline::cli::guarded([&] { return pipeline::cli::test({argv + 1, argv + argc}); });
}
