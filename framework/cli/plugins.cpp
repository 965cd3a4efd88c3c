#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <iostream>
#include <nlohmann/json.hpp>
#include <system_error>

#include "base/numbers.hpp"
#include "base/utf8.hpp"
#include "cli/command.hpp"
#include "cli/doctor.hpp"
#include "config/complaint.hpp"
#include "learning/entry.hpp"

namespace pipeline::cli {

namespace {

using pipeline::plugins::Catalogue;
using pipeline::plugins::Loaded;
using pipeline::plugins::name_of;
using pipeline::plugins::PluginKind;

/// A new object of the plugin with its parameters, which refer to it.
struct Inspected {
  std::shared_ptr<void> object;
  Parameters parameters;

  explicit Inspected(const Loaded& p) {
    pipeline::plugins::visit_base(p.kind, [&]<class Base>(std::type_identity<Base>) {
      const auto made = pipeline::plugins::make<Base>(p);
      pipeline::plugins::declare(p, *made, parameters);
      object = made;
    });
  }
};

/// "metrics" or "metric".
std::optional<PluginKind> kind_called(const std::string& word) {
  for (const PluginKind kind : pipeline::plugins::kKinds)
    if (word == name_of(kind) || word == std::string(name_of(kind)) + "s") return kind;
  return std::nullopt;
}

/// Every plugin, or those of one kind.
int list(Catalogue& catalogue, const std::string& only) {
  const std::optional<PluginKind> wanted = kind_called(only);
  if (!only.empty() && !wanted) {
    Words kinds;
    for (const PluginKind kind : pipeline::plugins::kKinds) kinds.push_back(std::string(name_of(kind)) + "s");
    for (const pipeline::plugins::Found& f : catalogue.all())
      if (f.name == only)
        throw UsageError("plugins list takes a kind, not a plugin; write pipeline plugins inspect " + only);
    throw UsageError("unknown kind of plugin " + base::quoted(only) + indented(config::suggestion(only, kinds)));
  }
  bool refused = false;
  std::size_t longest = 0;
  for (const pipeline::plugins::Found& f : catalogue.all()) longest = std::max(longest, f.name.size());
  for (const PluginKind kind : pipeline::plugins::kKinds) {
    if (wanted && kind != *wanted) continue;
    std::cout << name_of(kind) << "s\n";
    for (const std::string& name : catalogue.names(kind)) {
      std::string summary;
      try {
        summary = catalogue.load(kind, name).summary;
      } catch (const pipeline::plugins::RefusedPlugin& e) {
        for (const char c : std::string("refused: ") + e.what())  // aligns further lines with the first
          summary += c == '\n' ? c + std::string(longest + 4, ' ') : std::string(1, c);
        refused = true;
      }
      std::cout << "  " << name << std::string(longest - name.size() + 2, ' ') << summary << "\n";
    }
  }
  return refused ? Exit::plugin_refused : Exit::ok;
}

/// Every plugin of that name, whatever its kind.
std::vector<Loaded> named(Catalogue& catalogue, const std::string& name) {
  std::vector<Loaded> out;
  Words known;
  for (const PluginKind kind : pipeline::plugins::kKinds)
    for (const std::string& other : catalogue.names(kind)) {
      known.push_back(other);
      if (other == name) out.push_back(catalogue.load(kind, name));
    }
  if (out.empty()) {
    std::string remedy = config::suggestion(name, known);
    for (const PluginKind kind : pipeline::plugins::kKinds) {
      if (!remedy.empty()) break;
      if (const std::string defining = catalogue.defining(kind, name); !defining.empty())
        remedy = "did you mean '" + defining + "'?";
    }
    if (remedy.empty())
      remedy = "pipeline plugins list prints all; the plugin of a section with another name is its `plugin =`";
    throw UsageError("unknown plugin " + base::quoted(name) + indented(remedy));
  }
  return out;
}

std::string described(const Parameter& p) {
  std::string out = p.meaning + " (" + name_of(p.type);
  if (const std::string values = p.values_text(); !values.empty()) out += ", " + values;
  if (!p.unit_name.empty()) out += ", in " + p.unit_name;
  if (!p.neutral_value.empty()) out += "; " + p.neutral_value + " changes nothing";
  for (std::size_t i = 0; i < p.condition_values.size(); ++i)
    out += (i ? " or " : "; only with " + p.condition_name + " = ") + p.condition_values[i];
  return out + ")";
}

/// What an entry of a regulariser takes besides its own parameters, in words.
std::string common_words(const Loaded& p) {
  const learning::Entry entry(p.name, pipeline::plugins::make<Regulariser>(p), {}, 0, "");
  if (!entry.knows_layers()) return "It acts on the whole network or batch, and takes neither layers nor biases.";
  Words keys = {"layers = all"};
  if (entry.on_weights() && entry.acts_on_biases)
    keys.push_back(entry.run("Regulariser::biases_by_default", 0, [&] { return entry.object->biases_by_default(); })
                       ? "biases = yes"
                       : "biases = no");
  if (entry.has_penalty()) keys.emplace_back("strength_schedule = constant");
  std::string text = "It also takes " + keys.front();
  for (std::size_t i = 1; i < keys.size(); ++i) text += (i + 1 == keys.size() ? " and " : ", ") + keys[i];
  return text + ".";
}

std::string default_rate(const Loaded& p) {
  const auto object = pipeline::plugins::make<Optimiser>(p);
  return base::shortest(pipeline::plugins::call({name_of(p.kind), p.name.c_str(), "Optimiser::default_rate", "", 0},
                                                [&] { return object->default_rate(); }));
}

void print_text(const Loaded& p, const Parameters& parameters) {
  std::cout << p.name << ": " << p.summary << "\n  " << name_of(p.kind) << ", version " << p.version << ", "
            << p.library.string() << "\n";
  for (const Parameter& q : parameters.all())
    std::cout << "  " << q.name << " = " << (q.required ? "(required)" : q.initial) << "\n      " << described(q)
              << "\n";
  if (parameters.all().empty()) std::cout << "  no parameters of its own\n";
  if (p.kind == PluginKind::regulariser) std::cout << "  " << common_words(p) << "\n";
  if (p.kind == PluginKind::optimiser) std::cout << "  Its default learning_rate is " << default_rate(p) << ".\n";
  if (p.kind == PluginKind::metric)
    std::cout << "  Every metric also takes 'every'; one that looks at samples also takes 'on' and 'images'.\n";
  if (p.kind == PluginKind::report) std::cout << "  Every report also takes 'every' (0: only at the end).\n";
  if (const auto about = pipeline::plugins::about(p); !about.empty()) {  // formula, symbols, edge cases, source
    std::cout << "\n";
    for (const std::string& line : about) std::cout << (line.empty() ? "" : "  ") << line << "\n";
  }
}

bool is_wrapper(const Loaded& p) {
  const auto object = pipeline::plugins::make<Dataset>(p);
  return pipeline::plugins::call({name_of(p.kind), p.name.c_str(), "dynamic_cast", "", 0},
                                 [&] { return dynamic_cast<const Wrapper*>(object.get()) != nullptr; });
}

/// A section ready to paste, with every default as a comment.
void print_ini(const Loaded& p, const Parameters& parameters) {
  const bool regulariser = p.kind == PluginKind::regulariser, optimiser = p.kind == PluginKind::optimiser,
             dataset = p.kind == PluginKind::dataset, wrapper = dataset && is_wrapper(p);
  const std::string prefix = regulariser || optimiser || wrapper ? p.name + "." : "";
  std::cout << "# " << p.summary << "\n";
  if (dataset) std::cout << "[dataset]\n" << (wrapper ? "plugin = digits\nwrappers = " : "plugin = ") << p.name << "\n";
  if (regulariser) std::cout << "[model:" << p.name << "]\nregularisers = " << p.name << "\n";
  if (optimiser)
    std::cout << "[model:" << p.name << "]\noptimiser = " << p.name << "\nlearning_rate = " << default_rate(p) << "\n";
  if (p.kind == PluginKind::metric) std::cout << "[metric:" << p.name << "]\nevery = 1000\n";
  if (p.kind == PluginKind::report) std::cout << "[report:" << p.name << "]\n";
  for (const Parameter& q : parameters.all())
    std::cout << "# " << described(q) << "\n"
              << (q.required ? "" : "; ") << prefix << q.name << " = " << q.initial << "\n";
}

nlohmann::ordered_json as_json(const Loaded& p, const Parameters& parameters) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const Parameter& q : parameters.all())
    list.push_back({{"name", q.name},
                    {"type", name_of(q.type)},
                    {"range", q.values_text()},
                    {"choices", q.choices},
                    {"default", q.required ? nlohmann::ordered_json(nullptr) : nlohmann::ordered_json(q.initial)},
                    {"unit", q.unit_name},
                    {"neutral", q.neutral_value},
                    {"meaning", q.meaning}});
  return {{"kind", name_of(p.kind)}, {"name", p.name},
          {"summary", p.summary},    {"about", pipeline::plugins::about(p)},
          {"version", p.version},    {"path", p.library.string()},
          {"parameters", list}};
}

/// Starts the program that checks the laws; it is beside the plugins.
int test(const Words& words) {
  const std::string program = (pipeline::plugins::own_folder().parent_path() / "laws").string();
  Words all = {"pipeline plugins test"};
  all.insert(all.end(), words.begin(), words.end());
  std::vector<char*> arguments;
  for (std::string& word : all) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  std::cout << std::flush;
  ::execv(program.c_str(), arguments.data());
  throw std::runtime_error("cannot start " + program + ": " + std::generic_category().message(errno) +
                           "\n  in a build tree, build it: ./dev build");
}

int inspect(Catalogue& catalogue, const std::string& name, bool ini, bool json) {
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  bool first = true;
  for (const Loaded& p : named(catalogue, name)) {
    const Inspected inspected(p);
    const Parameters& parameters = inspected.parameters;
    if (json) {
      all.push_back(as_json(p, parameters));
      continue;
    }
    if (!first) std::cout << "\n";
    first = false;
    ini ? print_ini(p, parameters) : print_text(p, parameters);
  }
  if (json) std::cout << (all.size() == 1 ? all[0] : all).dump(2) << "\n";
  return Exit::ok;
}

/// The first word that is neither an option nor the value of one.
Words::const_iterator first_argument(const Words& words) {
  auto at = words.begin();
  while (at != words.end() && at->starts_with("-")) at += *at == "--plugin-path" && at + 1 != words.end() ? 2 : 1;
  return at;
}

}  // namespace

int plugins(const Words& words) {
  // `test` has options of its own, so the subcommand must be known before the options are parsed.
  if (const auto at = first_argument(words); at != words.end() && *at == "test") {
    Words rest(words.begin(), at);
    rest.insert(rest.end(), at + 1, words.end());
    return test(rest);
  }
  options::options_description visible("options");
  visible.add_options()("ini", "inspect: print a section ready to paste")("json", "inspect, doctor: print JSON");
  add_plugin_options(visible);
  const Parsed parsed(
      words, "plugins list [KIND] | inspect NAME [--ini|--json] | test NAME | doctor | path",
      "list: every plugin, or every one of a kind (metrics), with a one-line summary. inspect: a plugin's\n"
      "parameters with range, default and meaning, its formula and source. test: checks the laws that every\n"
      "plugin must obey (see plugins test --help). doctor: probes every library in the search path and\n"
      "explains what is refused; exit 3 if one is. path: the folders that are searched, in order.",
      visible, "  pipeline plugins inspect dropout --ini");
  if (parsed.help_given()) return Exit::ok;
  const Words& given = parsed.positional();
  const std::string what = given.empty() ? "" : given[0];
  Catalogue catalogue = catalogue_from(parsed);
  if (what == "list" && given.size() <= 2) return list(catalogue, given.size() == 2 ? given[1] : "");
  if (what == "inspect" && given.size() == 2)
    return inspect(catalogue, given[1], parsed.has("ini"), parsed.has("json"));
  if (what == "doctor" && given.size() == 1) return doctor(catalogue, parsed.has("json"));
  if (what == "path" && given.size() == 1) {
    for (const auto& folder : catalogue.path().folders) std::cout << folder.string() << "\n";
    return Exit::ok;
  }
  if (what == "inspect") throw UsageError("inspect needs the name of one plugin: pipeline plugins inspect NAME");
  const bool known = what == "list" || what == "doctor" || what == "path";
  throw UsageError((what.empty()     ? "plugins needs a subcommand"
                    : what == "list" ? std::string("plugins list takes at most one kind")
                    : known          ? "plugins " + what + " takes no arguments"
                                     : "unknown subcommand " + base::quoted(what) + " of plugins") +
                   (known ? "" : indented(config::suggestion(what, {"list", "inspect", "test", "doctor", "path"}))) +
                   "\n  usage: pipeline plugins list [KIND] | inspect NAME [--ini|--json] | test NAME | doctor | "
                   "path   (see --help)");
}

}  // namespace pipeline::cli
