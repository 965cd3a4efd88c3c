#include "cli/doctor.hpp"

#include <iostream>
#include <map>
#include <nlohmann/json.hpp>

#include "cli/command.hpp"
#include "plugins/probe.hpp"
#include "plugins/trust.hpp"

namespace pipeline::cli {

namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;
using pipeline::plugins::Contents;
using pipeline::plugins::Found;
using pipeline::plugins::name_of;
using pipeline::plugins::ProbeResult;
using pipeline::plugins::Refusal;

struct Diagnosis {
  fs::path library;
  std::string passed_over;         // why it is not a plugin library
  std::optional<Refusal> refusal;  // of the whole library
  std::vector<ProbeResult::Plugin> plugins;

  bool refused() const {
    return refusal || std::ranges::any_of(plugins, [](const auto& p) { return p.refusal.has_value(); });
  }
};

std::string title(const ProbeResult::Plugin& p) { return pipeline::plugins::title(p.kind, p.name); }

Diagnosis examine(const pipeline::plugins::SearchPath& path, const fs::path& library) {
  const Contents contents = pipeline::plugins::contents_of(library);
  if (contents.damaged) return {library, "", Refusal{"the file " + contents.passed_over, {}, "rebuild it"}, {}};
  if (contents.plugins.empty()) return {library, contents.passed_over, {}, {}};
  const std::optional<Refusal> open = pipeline::plugins::refusal_of_untrusted(path, library);
  ProbeResult result = open ? ProbeResult{open, {}} : pipeline::plugins::probe(library);
  // The plugins of a library are known from its symbols, even if the probe did not reach them.
  if (result.refusal) {
    result.plugins.clear();
    for (const Found& f : contents.plugins) result.plugins.push_back({f.kind, f.name, {}});
  }
  return {library, "", result.refusal, result.plugins};
}

/// Refuses both of two plugins that have the same name.
void find_duplicates(std::vector<Diagnosis>& diagnoses) {
  std::map<std::string, std::vector<std::pair<Diagnosis*, ProbeResult::Plugin*>>> holders;
  for (Diagnosis& diagnosis : diagnoses)
    for (ProbeResult::Plugin& p : diagnosis.plugins) holders[title(p)].emplace_back(&diagnosis, &p);
  for (const auto& [name, all] : holders)
    for (const auto& [diagnosis, plugin] : all)
      for (const auto& [other, twin] : all)
        if (other != diagnosis && !plugin->refusal)
          plugin->refusal = Refusal{name + " is also in " + other->library.string(),
                                    {},
                                    "remove or rename one, or take its folder out of the search path"};
}

void print_refusal(const Refusal& why) {
  std::cout << "  refused: " << why.cause << "\n";
  for (const std::string& line : why.details) std::cout << "    " << line << "\n";
  if (!why.remedy.empty()) std::cout << "    " << why.remedy << "\n";
}

void print_text(const Diagnosis& diagnosis) {
  std::cout << diagnosis.library.string() << "\n";
  if (!diagnosis.passed_over.empty()) std::cout << "  passed over: it " << diagnosis.passed_over << "\n";
  if (diagnosis.refusal) print_refusal(*diagnosis.refusal);
  for (const ProbeResult::Plugin& p : diagnosis.plugins)
    if (p.refusal)
      print_refusal(*p.refusal);
    else if (!diagnosis.refusal)
      std::cout << "  accepted: " << name_of(p.kind) << " " << p.name << "\n";
    else
      std::cout << "    refused with it: " << name_of(p.kind) << " " << p.name << "\n";
}

ordered_json as_json(const std::optional<Refusal>& why) {
  if (!why) return nullptr;
  return {{"cause", why->cause}, {"details", why->details}, {"remedy", why->remedy}};
}

ordered_json as_json(const Diagnosis& diagnosis) {
  ordered_json plugins = ordered_json::array();
  for (const ProbeResult::Plugin& p : diagnosis.plugins)
    plugins.push_back({{"kind", name_of(p.kind)},
                       {"name", p.name},
                       {"accepted", !diagnosis.refusal && !p.refusal},
                       {"refused", as_json(p.refusal)}});
  return {{"path", diagnosis.library.string()},
          {"verdict", !diagnosis.passed_over.empty() ? "passed over"
                      : diagnosis.refused()          ? "refused"
                                                     : "accepted"},
          {"passed_over", diagnosis.passed_over},
          {"refused", as_json(diagnosis.refusal)},
          {"plugins", plugins}};
}

}  // namespace

int doctor(pipeline::plugins::Catalogue& catalogue, bool json) {
  std::vector<Diagnosis> diagnoses;
  for (const fs::path& folder : catalogue.path().folders)
    for (const fs::path& library : pipeline::plugins::libraries_in(folder))
      diagnoses.push_back(examine(catalogue.path(), library));
  find_duplicates(diagnoses);

  const auto refused = std::ranges::count_if(diagnoses, &Diagnosis::refused);
  if (json) {
    ordered_json libraries = ordered_json::array();
    for (const Diagnosis& p : diagnoses) libraries.push_back(as_json(p));
    std::cout << ordered_json{{"ok", refused == 0}, {"libraries", libraries}}.dump(
                     2, ' ', false, ordered_json::error_handler_t::replace)
              << "\n";
  } else {
    for (const Diagnosis& p : diagnoses) print_text(p);
    const std::string of = " of " + plural(diagnoses.size(), "file") + " refused";
    std::cout << (diagnoses.empty() ? "no libraries found"
                  : refused         ? std::to_string(refused) + of + ", in whole or in part"
                                    : "none" + of)
              << "\n";
  }
  return refused ? Exit::plugin_refused : Exit::ok;
}

}  // namespace pipeline::cli
