#include "cli/doctor.hpp"

#include <iostream>
#include <map>
#include <nlohmann/json.hpp>

#include "cli/command.hpp"
#include "plugins/probe.hpp"

namespace pipeline::cli {

namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;
using pipeline::plugins::Contents;
using pipeline::plugins::Found;
using pipeline::plugins::Refusal;
using pipeline::plugins::Verdict;

struct Patient {
  fs::path library;
  std::string passed_over;         // why it is nobody's business
  std::optional<Refusal> refusal;  // of the whole library
  std::vector<Verdict::Plugin> plugins;

  bool refused() const {
    return refusal || std::ranges::any_of(plugins, [](const auto& p) { return p.refusal.has_value(); });
  }
};

std::string name_of(const Verdict::Plugin& p) { return p.kind + " '" + p.name + "'"; }

Patient examine(const fs::path& library) {
  const Contents contents = pipeline::plugins::contents_of(library);
  if (contents.damaged) return {library, "", Refusal{"the file " + contents.passed_over, {}, "build it again"}, {}};
  if (contents.plugins.empty()) return {library, contents.passed_over, {}, {}};
  Verdict verdict = pipeline::plugins::probe(library);
  // What a library holds is known from its symbols, however far the probe came.
  if (verdict.refusal) {
    verdict.plugins.clear();
    for (const Found& f : contents.plugins) verdict.plugins.push_back({f.kind, f.name, {}});
  }
  return {library, "", verdict.refusal, verdict.plugins};
}

/// Two plugins of one name are both of no use, whatever else is the matter with them.
void find_duplicates(std::vector<Patient>& patients) {
  std::map<std::string, std::vector<std::pair<Patient*, Verdict::Plugin*>>> holders;
  for (Patient& patient : patients)
    for (Verdict::Plugin& p : patient.plugins) holders[name_of(p)].emplace_back(&patient, &p);
  for (const auto& [name, all] : holders)
    for (const auto& [patient, plugin] : all)
      for (const auto& [other, twin] : all)
        if (other != patient && !plugin->refusal)
          plugin->refusal = Refusal{name + " is also in " + other->library.string(),
                                    {},
                                    "remove or rename one, or leave its folder out of the search"};
}

void print_refusal(const Refusal& why) {
  std::cout << "  refused: " << why.cause << "\n";
  for (const std::string& line : why.details) std::cout << "    " << line << "\n";
  if (!why.remedy.empty()) std::cout << "    " << why.remedy << "\n";
}

void print_text(const Patient& patient) {
  std::cout << patient.library.string() << "\n";
  if (!patient.passed_over.empty()) std::cout << "  passed over: it " << patient.passed_over << "\n";
  if (patient.refusal) print_refusal(*patient.refusal);
  for (const Verdict::Plugin& p : patient.plugins)
    if (p.refusal)
      print_refusal(*p.refusal);
    else if (!patient.refusal)
      std::cout << "  accepted: " << p.kind << " " << p.name << "\n";
    else
      std::cout << "    with it goes " << p.kind << " " << p.name << "\n";
}

ordered_json as_json(const std::optional<Refusal>& why) {
  if (!why) return nullptr;
  return {{"cause", why->cause}, {"details", why->details}, {"remedy", why->remedy}};
}

ordered_json as_json(const Patient& patient) {
  ordered_json plugins = ordered_json::array();
  for (const Verdict::Plugin& p : patient.plugins)
    plugins.push_back({{"kind", p.kind},
                       {"name", p.name},
                       {"accepted", !patient.refusal && !p.refusal},
                       {"refused", as_json(p.refusal)}});
  return {{"path", patient.library.string()},
          {"verdict", !patient.passed_over.empty() ? "passed over"
                      : patient.refused()          ? "refused"
                                                   : "accepted"},
          {"passed_over", patient.passed_over},
          {"refused", as_json(patient.refusal)},
          {"plugins", plugins}};
}

}  // namespace

int doctor(pipeline::plugins::Catalogue& catalogue, bool json) {
  std::vector<Patient> patients;
  for (const fs::path& folder : catalogue.path().folders)
    for (const fs::path& library : pipeline::plugins::libraries_in(folder)) patients.push_back(examine(library));
  find_duplicates(patients);

  const auto refused = std::ranges::count_if(patients, &Patient::refused);
  if (json) {
    ordered_json libraries = ordered_json::array();
    for (const Patient& p : patients) libraries.push_back(as_json(p));
    std::cout << ordered_json{{"ok", refused == 0}, {"libraries", libraries}}.dump(
                     2, ' ', false, ordered_json::error_handler_t::replace)
              << "\n";
  } else {
    for (const Patient& p : patients) print_text(p);
    const std::string of = " of " + std::to_string(patients.size()) + " files";
    std::cout << (refused ? std::to_string(refused) + of + " refused, in whole or in part"
                          : "nothing is refused" + (patients.empty() ? ": there are no libraries" : of))
              << "\n";
  }
  return refused ? Exit::plugin_refused : Exit::ok;
}

}  // namespace pipeline::cli
