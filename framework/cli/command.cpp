#include "cli/command.hpp"
#include "base/utf8.hpp"
#include "config/complaint.hpp"
#include "config/other_words.hpp"

#include <algorithm>
#include <boost/dll/runtime_symbol_info.hpp>
#include <iostream>

namespace pipeline::cli {
namespace fs = std::filesystem;

namespace {

Words known_options(const options::options_description& visible) {
  Words names;
  for (const auto& option : visible.options()) names.push_back("--" + option->long_name());
  return names;
}

/// An unknown option may be mistyped, or an override written as an option: "--seed 2", "--training.steps=5".
std::string remedy_for_option(const std::string& option, const Words& known) {
  const std::size_t start = std::min(option.find_first_not_of('-'), option.size()),
                    equals = std::min(option.find('=', start), option.size());
  const std::string word = option.substr(start, equals - start);
  const std::string value = equals + 1 < option.size() && option.size() < 60 ? option.substr(equals) : "=VALUE";
  if (word.find('.') != word.npos) return "an override has no dashes: write " + word + value;
  const auto meant = config::meant_by(word);
  const std::string near = config::nearest("--" + word, known);
  if (!meant) return near.empty() ? "" : "did you mean '" + near + "'?";
  const std::string written =
      meant->key.empty() ? meant->remark : "write " + meant->section + "." + meant->key + value + ", without dashes";
  return written + (near.starts_with("--" + word) ? "; or did you mean '" + near + "'?" : "");
}

}  // namespace

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
  } catch (const options::unknown_option& e) {
    const std::string option = e.get_option_name();
    throw UsageError("unrecognised option " + base::quoted(option.substr(0, option.find('=')), 60) +
                     indented(remedy_for_option(option, known_options(visible))) + "\n  usage: pipeline " + usage +
                     "   (see --help)");
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
  std::error_code unreadable;
  for (const fs::path& folder : folders)
    if (!fs::is_directory(folder, unreadable))
      throw UsageError("--plugin-path " + base::quoted_path(folder.string()) +
                       " is not a folder; give one that contains plugins (*.so)");
  return pipeline::plugins::Catalogue(pipeline::plugins::search_path(folders, !parsed.has("no-user-plugins")));
}

fs::path installation() { return fs::path(boost::dll::program_location().string()).parent_path().parent_path(); }

fs::path shared_files() { return installation() / "share/pipeline"; }

fs::path shipped_pipelines() { return shared_files() / "pipelines"; }

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

namespace {

/// The file of that name, or of that name with .ini.
std::optional<fs::path> file_in(const fs::path& folder, const fs::path& name) {
  fs::path with_ending = name;
  with_ending += ".ini";
  std::error_code error;
  for (const fs::path& each : {folder / name, folder / with_ending})
    if (fs::exists(each, error) && !fs::is_directory(each, error)) return each;
  return std::nullopt;
}

}  // namespace

fs::path find_pipeline(const std::string& name, bool report) {
  const fs::path given = name;
  std::error_code error;
  if (name.empty()) throw UsageError("the name of the pipeline file is empty");
  const auto taken = [&](const std::string& what, const fs::path& file) {
    if (report) std::cerr << "using " << what << file.string() << "\n";
  };
  if (const auto here = file_in("", given)) {
    if (*here != given) taken("", *here);
    return *here;
  }
  if (fs::is_directory(given, error)) throw UsageError(base::quoted_path(name) + " is a folder, not a pipeline file");
  if (given.has_parent_path()) {
    const fs::path folder = given.parent_path();
    if (!fs::is_directory(folder, error))
      throw UsageError("there is no file " + base::quoted_path(name) + ": there is no folder " +
                       base::quoted_path(folder.string()));
    throw UsageError("there is no file " + base::quoted_path(name) +
                     indented(config::suggestion(given.filename().string(), pipelines_in(folder))));
  }
  if (const auto shipped = file_in(shipped_pipelines(), given)) {
    taken("the shipped pipeline ", fs::weakly_canonical(*shipped, error));
    return *shipped;
  }
  Words known = pipelines_in(".");
  for (const std::string& file : pipelines_in(shipped_pipelines()))
    if (std::ranges::find(known, file) == known.end()) known.push_back(file);
  throw UsageError("there is no file " + base::quoted_path(name) + " here, and no shipped pipeline of that name" +
                   indented(config::suggestion(name, known)));
}

void expect_folder(const std::string& folder) {
  if (std::error_code none; !std::filesystem::is_directory(folder, none))
    throw UsageError("there is no folder " + base::quoted_path(folder) + "; pass the folder of a run or a sweep");
}

}  // namespace pipeline::cli
