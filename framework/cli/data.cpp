#include <iostream>

#include "base/utf8.hpp"
#include "cli/command.hpp"
#include "cli/progress.hpp"
#include "config/complaint.hpp"
#include "data/error.hpp"
#include "data/files.hpp"
#include "plugins/call_scope.hpp"

namespace pipeline::cli {

namespace {

std::shared_ptr<Dataset> dataset(pipeline::plugins::Catalogue& catalogue, const std::string& name,
                                 const Words& settings) {
  std::shared_ptr<Dataset> out;
  try {
    out = catalogue.make<Dataset>(name);
  } catch (const pipeline::plugins::UnknownPlugin& e) {
    throw UsageError(std::string(e.what()) +
                     indented(config::suggestion(name, catalogue.names(pipeline::plugins::PluginKind::dataset))));
  }
  Parameters parameters;
  pipeline::plugins::declare(catalogue.load(pipeline::plugins::PluginKind::dataset, name), *out, parameters);
  Words known;
  for (const Parameter& p : parameters.all()) known.push_back(p.name);
  for (const std::string& word : settings) {
    const std::size_t equals = word.find('=');
    const std::string key = word.substr(0, equals);
    Parameter* p = parameters.find(key);
    if (!p)
      throw UsageError("unknown key " + base::quoted(key) + " of dataset " + base::quoted(name) +
                       indented(config::suggestion(key, known)));
    if (equals == std::string::npos) throw UsageError(base::quoted(word) + " has no value; write " + key + "=VALUE");
    if (const auto complaint = p->set(word.substr(equals + 1)))
      throw UsageError("value " + base::quoted(word.substr(equals + 1)) + " of " + key + " " + *complaint);
  }
  return out;
}

std::vector<DataFile> files_of(const std::string& name, const Dataset& set) try {
  return pipeline::plugins::call({"dataset", name.c_str(), "Dataset::files", "", 0}, [&] { return set.files(); });
} catch (...) {
  throw pipeline::plugins::RefusedPlugin("dataset '" + name +
                                         "' fails in Dataset::files: " + pipeline::plugins::what_was_thrown());
}

int fetch(const std::string& name, const Dataset& set, bool offline) {
  FetchProgress progress(progress_style("auto"));
  data::FetchOptions how;
  how.offline = offline;
  how.progress = [&](const std::string& file, std::uint64_t have, std::uint64_t total) {
    progress.show(file, have, total);
  };
  const auto files = data::locate(name, files_of(name, set), how);
  progress.end();
  for (const data::Located& f : files)
    std::cout << f.path.string() << "\n  sha256 " << f.sha256 << ", from " << f.source << "\n";
  if (files.empty()) std::cout << name << " needs no files\n";
  return Exit::ok;
}

int verify(const std::string& name, const Dataset& set) {
  bool bad = false, missing = false;
  const std::vector<DataFile> files = files_of(name, set);
  for (const data::FileCheck& v : data::verify(name, files)) {
    const char* word = v.state == data::FileState::good       ? "good"
                       : v.state == data::FileState::unpinned ? "found (no hash to compare with)"
                       : v.state == data::FileState::wrong    ? "WRONG HASH"
                                                              : "missing";
    std::cout << v.name << ": " << word << (v.path.empty() ? "" : ", " + v.path.string()) << "\n";
    if (v.state == data::FileState::wrong)
      std::cout << "  sha256   " << v.sha256 << "\n  expected " << v.expected << "\n";
    if (v.state == data::FileState::wrong) std::cout << "  delete it to download it again\n";
    missing |= v.state == data::FileState::missing;
    bad |= v.state == data::FileState::wrong || v.state == data::FileState::missing;
  }
  if (missing) std::cout << "to download what is missing: pipeline data fetch " << name << "\n";
  if (files.empty()) std::cout << name << " needs no files\n";
  return bad ? Exit::data_trouble : Exit::ok;
}

/// Asks every dataset plugin what the file is.
int inspect(pipeline::plugins::Catalogue& catalogue, const std::string& file) {
  using pipeline::plugins::PluginKind;
  if (!std::filesystem::exists(file)) throw data::DataError(file + ": there is no such file");
  std::string found, faults;
  for (const std::string& name : catalogue.names(PluginKind::dataset)) try {
      const auto set = catalogue.make<Dataset>(name);
      const auto text = pipeline::plugins::call({"dataset", name.c_str(), "Dataset::describe", "", 0},
                                                [&] { return set->describe(file); });
      if (text) found += (found.empty() ? "" : "\n") + *text;
    } catch (const pipeline::plugins::RefusedPlugin&) {  // `plugins doctor` says why
    } catch (...) {
      faults += (faults.empty() ? "" : "\n") + pipeline::plugins::what_was_thrown();
    }
  if (found.empty()) throw data::DataError(faults.empty() ? file + ": no dataset can describe such a file" : faults);
  std::cout << found;
  return Exit::ok;
}

int path(const std::string& name) {
  for (const auto& folder : data::search_folders()) std::cout << "looked for in   " << (folder / name).string() << "\n";
  std::cout << "downloaded to   " << data::landing_folder(name).string() << "\n";
  return Exit::ok;
}

}  // namespace

int data(const Words& words) {
  options::options_description visible("options");
  visible.add_options()("offline", "never download");
  add_plugin_options(visible);
  const Parsed parsed(
      words, "data fetch | verify | path NAME [key=value ...] [--offline] | inspect FILE",
      "fetch: finds a dataset's files, or downloads them. verify: compares them with their pinned SHA-256.\n"
      "path: where they are looked for, and where a download goes.\n"
      "inspect: what a file of data is, such as a table, and a [dataset] section that reads it.",
      visible, "  pipeline data fetch mnist");
  if (parsed.help_given()) return Exit::ok;
  const Words& given = parsed.positional();
  const Words known = {"fetch", "verify", "path", "inspect"};
  if (given.empty() || std::ranges::find(known, given[0]) == known.end())
    throw UsageError(
        (given.empty() ? "data needs a subcommand" : "unknown subcommand " + base::quoted(given[0]) + " of data") +
        indented(config::suggestion(given.empty() ? "" : given[0], known)) +
        "\n  usage: pipeline data fetch | verify | path NAME | inspect FILE   (see --help)");
  if (given[0] == "inspect") {
    if (given.size() != 2) throw UsageError("data inspect needs one file: pipeline data inspect FILE");
    pipeline::plugins::Catalogue catalogue = catalogue_from(parsed);
    return inspect(catalogue, given[1]);
  }
  if (given.size() < 2)
    throw UsageError("data " + given[0] + " needs the name of a dataset: pipeline data " + given[0] + " mnist");
  pipeline::plugins::Catalogue catalogue = catalogue_from(parsed);
  const auto set = dataset(catalogue, given[1], {given.begin() + 2, given.end()});
  if (given[0] == "fetch") return fetch(given[1], *set, parsed.has("offline"));
  if (given[0] == "verify") return verify(given[1], *set);
  return path(given[1]);
}

}  // namespace pipeline::cli
