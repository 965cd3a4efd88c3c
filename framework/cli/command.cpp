#include "cli/command.hpp"
#include "config/complaint.hpp"

#include <algorithm>
#include <boost/dll/runtime_symbol_info.hpp>
#include <iostream>

namespace pipeline::cli {
namespace fs = std::filesystem;

Parsed::Parsed(const Words& words, const std::string& usage, const std::string& what,
               options::options_description visible, const std::string& example) {
  visible.add_options()("help,h", "show this help");
  options::options_description all;
  all.add(visible).add_options()("words", options::value<Words>());
  options::positional_options_description positions;
  positions.add("words", -1);
  try {
    using namespace options::command_line_style;
    // No abbreviations: a word that works today must not become ambiguous tomorrow.
    options::store(options::command_line_parser(words)
                       .options(all)
                       .positional(positions)
                       .style(unix_style & ~allow_guessing)
                       .run(),
                   values_);
    options::notify(values_);
  } catch (const options::error& e) {
    throw UsageError(std::string(e.what()) + "\n  usage: pipeline " + usage + "   (see --help)");
  }
  help_given_ = values_.contains("help");
  if (help_given_)
    std::cout << "usage: pipeline " << usage << "\n\n"
              << what << "\n\n"
              << visible << "\nexample:\n"
              << example << "\n";
  if (values_.contains("words")) positional_ = values_["words"].as<Words>();
}

void add_plugin_options(options::options_description& visible) {
  visible.add_options()("plugin-path", options::value<Words>()->composing()->value_name("DIR"),
                        "search this folder for plugins first (repeatable)")(
      "no-user-plugins", "ignore PIPELINE_PLUGIN_PATH, the pipeline's plugin_path and your data folder");
}

pipeline::plugins::Catalogue catalogue_from(const Parsed& parsed) {
  std::vector<fs::path> folders;
  if (parsed.has("plugin-path"))
    for (const std::string& folder : parsed.get<Words>("plugin-path")) folders.emplace_back(folder);
  for (const fs::path& folder : folders)
    if (!fs::is_directory(folder))
      throw UsageError("--plugin-path " + folder.string() + " is not a folder; give one that contains plugins (*.so)");
  return pipeline::plugins::Catalogue(pipeline::plugins::search_path(folders, !parsed.has("no-user-plugins")));
}

fs::path installation() { return fs::path(boost::dll::program_location().string()).parent_path().parent_path(); }

fs::path shipped_pipelines() { return installation() / "share/pipeline/pipelines"; }

Words pipelines_in(const fs::path& folder) {
  Words names;
  std::error_code ignored;
  for (const auto& file : fs::directory_iterator(folder, ignored))
    if (file.path().extension() == ".ini") names.push_back(file.path().filename().string());
  std::ranges::sort(names);
  return names;
}

std::string plural(std::size_t n, const std::string& noun) {
  return std::to_string(n) + " " + noun + (n == 1 ? "" : "s");
}

std::string indented(const std::string& remedy) {
  return remedy.empty() ? "" : "\n  " + config::folded(remedy, 2, "  ");
}

fs::path find_pipeline(const std::string& name, bool report) {
  const fs::path given = name;
  std::error_code error;
  if (name.empty()) throw UsageError("the name of the pipeline file is empty");
  if (fs::is_directory(given, error)) throw UsageError("'" + name + "' is a folder, not a pipeline file");
  if (fs::exists(given, error)) return given;
  if (given.has_parent_path()) {
    const fs::path folder = given.parent_path();
    if (!fs::is_directory(folder, error))
      throw UsageError("there is no file '" + name + "': there is no folder '" + folder.string() + "'");
    throw UsageError("there is no file '" + name + "'" +
                     indented(config::suggestion(given.filename().string(), pipelines_in(folder))));
  }
  const fs::path shipped = shipped_pipelines() / given;
  if (fs::exists(shipped, error)) {
    if (report) std::cerr << "using the shipped pipeline " << fs::weakly_canonical(shipped).string() << "\n";
    return shipped;
  }
  Words known = pipelines_in(".");
  for (const std::string& file : pipelines_in(shipped_pipelines()))
    if (std::ranges::find(known, file) == known.end()) known.push_back(file);
  throw UsageError("there is no file '" + name + "' here, and no shipped pipeline of that name" +
                   indented(config::suggestion(name, known)));
}

}  // namespace pipeline::cli
