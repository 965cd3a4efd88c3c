#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/command.hpp"
#include "cli/complain.hpp"
#include "cli/doctor.hpp"
#include "cli/plugins_test.hpp"
#include "config/complaint.hpp"
#include "learning/entry.hpp"

namespace pipeline::cli {

namespace {

using pipeline::plugins::Catalogue;
using pipeline::plugins::Loaded;

Parameters parameters_of(Catalogue& catalogue, const Loaded& p) {
  Parameters out;
  // The objects are kept: the parameters refer to them.
  static std::vector<std::shared_ptr<void>> kept;
  const auto declare = [&](auto object) {
    object->declare(out);
    kept.push_back(object);
  };
  if (p.kind == "dataset") declare(catalogue.make<Dataset>(p.kind, p.name));
  if (p.kind == "regulariser") declare(catalogue.make<Regulariser>(p.kind, p.name));
  if (p.kind == "metric") declare(catalogue.make<Metric>(p.kind, p.name));
  if (p.kind == "report") declare(catalogue.make<Report>(p.kind, p.name));
  return out;
}

int list(Catalogue& catalogue) {
  bool refused = false;
  std::size_t longest = 0;
  for (const pipeline::plugins::Found& f : catalogue.all()) longest = std::max(longest, f.name.size());
  for (const std::string& kind : pipeline::plugins::kinds()) {
    std::cout << kind << "s\n";
    for (const std::string& name : catalogue.names(kind)) {
      std::string summary;
      try {
        summary = catalogue.load(kind, name).summary;
      } catch (const pipeline::plugins::RefusedPlugin& e) {
        for (const char c : std::string("refused: ") + e.what())  // its further lines under its first
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
  for (const std::string& kind : pipeline::plugins::kinds())
    for (const std::string& other : catalogue.names(kind)) {
      known.push_back(other);
      if (other == name) out.push_back(catalogue.load(kind, name));
    }
  if (out.empty()) throw UsageError("unknown plugin '" + name + "'" + indented(config::suggestion(name, known)));
  return out;
}

std::string described(const Parameter& p) {
  std::string out = p.meaning + " (" + p.type;
  if (!p.range.empty()) out += ", " + p.range;
  if (!p.unit_name.empty()) out += ", in " + p.unit_name;
  if (!p.neutral_value.empty()) out += "; " + p.neutral_value + " changes nothing";
  return out + ")";
}

/// What every entry of regularisers takes besides its own parameters, in words.
std::string common_words(const std::shared_ptr<Regulariser>& object) {
  const learning::Entry entry("", object, {}, 0, "");
  if (!entry.knows_layers()) return "It acts on the whole network or batch, and takes no layers or biases.";
  if (!entry.on_weights()) return "It also takes layers = all.";
  return std::string("It also takes layers = all and biases = ") + (object->biases_by_default() ? "yes" : "no") + ".";
}

void print_text(Catalogue& catalogue, const Loaded& p, const Parameters& parameters) {
  std::cout << p.name << ": " << p.summary << "\n  " << p.kind << ", version " << p.version << ", "
            << p.library.string() << "\n";
  for (const Parameter& q : parameters.all())
    std::cout << "  " << q.name << " = " << (q.required ? "(must be given)" : q.initial) << "\n      " << described(q)
              << "\n";
  if (parameters.all().empty()) std::cout << "  no parameters of its own\n";
  if (p.kind == "regulariser") std::cout << "  " << common_words(catalogue.make<Regulariser>(p.kind, p.name)) << "\n";
  if (p.kind == "metric")
    std::cout << "  Every metric also takes every; one that looks at images takes on and images too.\n";
  if (p.kind == "report") std::cout << "  Every report also takes every (0: at the end only).\n";
}

/// A section ready to be pasted, every default as a comment.
void print_ini(Catalogue& catalogue, const Loaded& p, const Parameters& parameters) {
  const bool regulariser = p.kind == "regulariser", dataset = p.kind == "dataset",
             wrapper =
                 dataset && std::dynamic_pointer_cast<Wrapper>(catalogue.make<Dataset>(p.kind, p.name)) != nullptr;
  const std::string prefix = regulariser || wrapper ? p.name + "." : "";
  std::cout << "# " << p.summary << "\n";
  if (dataset) std::cout << "[dataset]\n" << (wrapper ? "plugin = digits\nwrappers = " : "plugin = ") << p.name << "\n";
  if (regulariser) std::cout << "[model:" << p.name << "]\nregularisers = " << p.name << "\n";
  if (p.kind == "metric") std::cout << "[metric:" << p.name << "]\nevery = 1000\n";
  if (p.kind == "report") std::cout << "[report:" << p.name << "]\n";
  for (const Parameter& q : parameters.all())
    std::cout << "# " << described(q) << "\n"
              << (q.required ? "" : "; ") << prefix << q.name << " = " << q.initial << "\n";
}

nlohmann::ordered_json as_json(const Loaded& p, const Parameters& parameters) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const Parameter& q : parameters.all())
    list.push_back({{"name", q.name},
                    {"type", q.type},
                    {"range", q.range},
                    {"choices", q.choices},
                    {"default", q.required ? nlohmann::ordered_json(nullptr) : nlohmann::ordered_json(q.initial)},
                    {"unit", q.unit_name},
                    {"neutral", q.neutral_value},
                    {"meaning", q.meaning}});
  return {{"kind", p.kind},
          {"name", p.name},
          {"summary", p.summary},
          {"version", p.version},
          {"path", p.library.string()},
          {"parameters", list}};
}

int inspect(Catalogue& catalogue, const std::string& name, bool ini, bool json) {
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  bool first = true;
  for (const Loaded& p : named(catalogue, name)) {
    const Parameters parameters = parameters_of(catalogue, p);
    if (json) {
      all.push_back(as_json(p, parameters));
      continue;
    }
    if (!first) std::cout << "\n";
    first = false;
    ini ? print_ini(catalogue, p, parameters) : print_text(catalogue, p, parameters);
  }
  if (json) std::cout << (all.size() == 1 ? all[0] : all).dump(2) << "\n";
  return Exit::ok;
}

}  // namespace

int plugins(const Words& words) {
  options::options_description visible("options");
  visible.add_options()("ini", "inspect: print a section ready to be pasted")(
      "json", "inspect, doctor, test: print JSON")("verbose", "test: say what each law asks")(
      "seconds", options::value<unsigned>()->default_value(60)->value_name("N"), "test: how long a law may take");
  add_plugin_options(visible);
  const Parsed parsed(
      words, "plugins list | inspect NAME [--ini|--json] | test PLUGIN | doctor [--json] | path",
      "list: every plugin with one line about it. inspect: a plugin's parameters with range, default and\n"
      "meaning. test PLUGIN [key=value ...]: tries the laws that every plugin must keep on those of a\n"
      "library (FILE.so) or of a name, with these parameters set; exit 3 if one fails. doctor: tries\n"
      "every library that is found and explains what is refused; exit 3 if one is.\n"
      "path: the folders that are searched, in order.",
      visible, "  pipeline plugins inspect dropout --ini");
  if (parsed.help_given()) return Exit::ok;
  const Words& given = parsed.positional();
  const std::string what = given.empty() ? "" : given[0];
  const auto seconds = parsed.get<unsigned>("seconds");
  if (seconds < 1 || seconds > 86400) throw UsageError("--seconds is a number from 1 to 86400");  // -1 is 4294967295
  Catalogue catalogue = catalogue_from(parsed);
  if (what == "list" && given.size() == 1) return list(catalogue);
  if (what == "inspect" && given.size() == 2)
    return inspect(catalogue, given[1], parsed.has("ini"), parsed.has("json"));
  if (what == "test" && given.size() >= 2)
    return test_plugins(catalogue, given[1], {given.begin() + 2, given.end()}, parsed.has("json"),
                        parsed.has("verbose"), seconds);
  if (what == "doctor" && given.size() == 1) return doctor(catalogue, parsed.has("json"));
  if (what == "path" && given.size() == 1) {
    for (const auto& folder : catalogue.path().folders) std::cout << folder.string() << "\n";
    return Exit::ok;
  }
  if (what == "inspect") throw UsageError("inspect needs the name of one plugin: pipeline plugins inspect NAME");
  if (what == "test") throw UsageError("test needs a library or the name of a plugin: pipeline plugins test FILE.so");
  const bool known = what == "list" || what == "doctor" || what == "path";
  throw UsageError((what.empty() ? "plugins needs a word that says what to do"
                    : known      ? "plugins " + what + " takes nothing after it"
                                 : "unknown word '" + what + "' after plugins") +
                   (known ? "" : indented(config::suggestion(what, {"list", "inspect", "test", "doctor", "path"}))) +
                   "\n  usage: pipeline plugins list | inspect NAME [--ini|--json] | test PLUGIN | doctor [--json] | "
                   "path   (--help says more)");
}

}  // namespace pipeline::cli
