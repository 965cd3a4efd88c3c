// `pipeline new`: a small project to start from. Its files are those of plugins/template with the names replaced. The
// templates are built and tested with everything else, so the new project works.
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>
#include <system_error>

#include "base/names.hpp"
#include "base/utf8.hpp"
#include "cli/command.hpp"
#include "cli/complain.hpp"
#include "config/complaint.hpp"
#include "data/advice.hpp"

namespace pipeline::cli {
namespace fs = std::filesystem;

namespace {

using pipeline::data::quoted;

const std::string usage_text = "new regulariser | optimiser | metric | dataset | report | pipeline NAME [--dir DIR]";

/// A plugin's name becomes part of a C++ class and of an exported symbol; a pipeline's is only a name.
void check_name(const std::string& kind, const std::string& name) {
  const bool plugin = kind != "pipeline";
  if (name.size() > base::longest_name)
    throw UsageError("the name of a " + kind + " may have at most " + std::to_string(base::longest_name) +
                     " characters, but this one has " + std::to_string(name.size()) + "\n  choose a shorter one");
  // Their keys start with their name.
  if ((kind == "regulariser" || kind == "optimiser") &&
      (name == "learning_rate" || name == "regularisers" || name == "optimiser" || name == "schedule"))
    throw UsageError(base::quoted(name) + " cannot be the name of a" + (kind == "optimiser" ? "n " : " ") + kind +
                     ": a [model] has a key of that name\n  choose another name");
  const auto fits = [&](char c) { return plugin ? base::is_identifier_character(c) : base::is_name_character(c); };
  if (!name.empty() && std::ranges::all_of(name, fits) && (!plugin || base::is_letter(name[0]))) return;
  std::string better = name;
  std::ranges::replace_if(better, std::not_fn(fits), '_');
  while (plugin && !better.empty() && !base::is_letter(better[0])) better.erase(0, 1);
  throw UsageError(base::quoted(name) + " cannot be the name of a " + kind +
                   (plugin ? ": it becomes a C++ class and a symbol" : ": it names the folder of its runs") + "\n  " +
                   (plugin ? "start with a letter, then use letters, digits and _" : "use letters, digits, _ and -") +
                   (better.empty() ? "" : "; for example " + better));
}

/// my_lasso, regulariser -> MyLassoRegulariser. The kind at the end avoids a clash with the headers' classes.
std::string class_name(const std::string& name, const std::string& kind) {
  std::string out;
  bool start = true;
  for (const char c : name + "_" + kind) {
    if (c != '_') out += start ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
    start = c == '_';
  }
  return out;
}

void replace(std::string& text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
}

UsageError cannot(const std::string& what, const fs::path& path, const std::string& be, const std::string& why) {
  return UsageError("the " + what + " " + base::quoted_path(path.string()) + " cannot be " + be + ": " + why +
                    "\n  choose a writable folder: --dir DIR");
}

/// Whether anything is there, even a dangling link.
bool is_there(const fs::path& path) {
  std::error_code unreadable;
  return fs::exists(fs::symlink_status(path, unreadable));
}

class Templates {
 public:
  /// `example`: the name of the example that is renamed.
  Templates(std::string kind, std::string example, std::string name)
      : kind_(std::move(kind)), example_(std::move(example)), name_(std::move(name)) {}

  /// Writes template/FROM to a new file, with the names replaced.
  void write(const std::string& from, const fs::path& to) const {
    const fs::path file = shared_files() / "template" / from;
    std::ifstream in(file, std::ios::binary);
    std::stringstream text;
    if (!(text << in.rdbuf()))
      throw std::runtime_error("missing template " + file.string() +
                               "\n  it is part of the program; install pipeline again");
    errno = 0;
    std::ofstream out(to, std::ios::binary);
    if (!(out << renamed(text.str())).flush())
      throw cannot("file", to, "written", std::generic_category().message(errno ? errno : EIO));
  }

 private:
  std::string renamed(std::string text) const {
    replace(text, "example_KIND", name_);
    replace(text, "KIND", kind_);
    replace(text, class_name(example_, ""), class_name(name_, kind_));
    replace(text, example_, name_);
    replace(text, "INSTALLATION", quoted(installation().string()));
    return text;
  }
  std::string kind_, example_, name_;
};

/// "pipeline" if a shell would start this program by that name, else its path.
std::string program_as_typed() {
  const fs::path program = installation() / "bin/pipeline";
  std::stringstream folders(std::getenv("PATH") ? std::getenv("PATH") : "");
  for (std::string folder; std::getline(folders, folder, ':');)
    if (const fs::path first = fs::path(folder) / "pipeline"; ::access(first.c_str(), X_OK) == 0) {
      std::error_code unreadable;
      return fs::equivalent(first, program, unreadable) ? "pipeline" : quoted(program.string());
    }
  return quoted(program.string());
}

void new_pipeline(const std::string& name, const fs::path& folder) {
  const fs::path file = folder / (name + ".ini");
  if (is_there(file))
    throw UsageError(base::quoted_path(file.string()) + " already exists and is not overwritten" +
                     "\n  choose another name, or another folder: --dir DIR");
  Templates("pipeline", "example_pipeline", name).write("example_pipeline.ini", file);
  std::cout << "wrote " << file.string() << "\n\nNext:\n"
            << "  " << program_as_typed() << " check " << quoted(file.string()) << "\n"
            << "  " << program_as_typed() << " run " << quoted(file.string()) << "\n";
}

void new_plugin(const std::string& kind, const std::string& example, const std::string& name, const fs::path& folder) {
  pipeline::plugins::Catalogue catalogue(pipeline::plugins::search_path({}, true));
  for (const pipeline::plugins::Found& f : catalogue.all())
    if (kind == name_of(f.kind) && f.name == name)
      throw UsageError("a " + kind + " " + base::quoted(name) + " already exists: " + f.library.string() +
                       "\n  choose another name; of two plugins with the same name neither is loaded");
  const fs::path project = folder / name;
  std::error_code trouble;
  if (is_there(project) || (!fs::create_directory(project, trouble) && !trouble))
    throw UsageError(base::quoted_path(project.string()) + " already exists and is not overwritten" +
                     "\n  choose another name, or another folder: --dir DIR");
  if (trouble) throw cannot("folder", project, "created", trouble.message());

  const Templates templates(kind, example, name);
  try {
    for (const char* ending : {".cpp", ".ini"}) templates.write(example + ending, project / (name + ending));
    for (const char* file : {"CMakeLists.txt", "README.md"})
      templates.write("project/" + std::string(file), project / file);
  } catch (const std::exception&) {
    fs::remove_all(project, trouble);  // half a project would only block the next attempt
    throw;
  }

  const std::string source = quoted(project.string()), build = quoted((project / "build").string());
  std::cout << "wrote " << project.string() << ": " << name << ".cpp, " << name << ".ini, CMakeLists.txt, README.md\n\n"
            << "Build it, test it, use it:\n"
            << "  cmake -S " << source << " -B " << build << " -DCMAKE_PREFIX_PATH=" << quoted(installation().string())
            << "\n  cmake --build " << build << "\n  ctest --test-dir " << build << " --output-on-failure\n"
            << "  " << program_as_typed() << " plugins inspect " << name << " --plugin-path " << build << "\n"
            << "  " << program_as_typed() << " run " << quoted((project / (name + ".ini")).string())
            << " --plugin-path " << build << "\n";
  if (!fs::exists(installation() / "lib/cmake/pipeline"))
    warn("warning: the headers and the CMake package are not installed; the package pipeline-snr-dev has them");
}

}  // namespace

int new_project(const Words& words) {
  options::options_description visible("options");
  visible.add_options()("dir", options::value<std::string>()->default_value(".")->value_name("DIR"),
                        "the folder in which to create it")("samples",
                                                            "metric: one that looks at samples, not at weights");
  const Parsed parsed(
      words, usage_text,
      "regulariser, optimiser, metric, dataset, report: creates a folder NAME with a working plugin, a\n"
      "study that uses it, and the files that build and test it against this installation. pipeline:\n"
      "creates a file NAME.ini. Existing files are never overwritten.",
      visible, "  pipeline new regulariser my_lasso");
  if (parsed.help_given()) return Exit::ok;
  const Words& given = parsed.positional();
  const std::string kind = given.empty() ? "" : given[0];
  Words kinds = {"pipeline"};
  for (const auto each : pipeline::plugins::kKinds) kinds.emplace_back(name_of(each));
  if (std::ranges::find(kinds, kind) == kinds.end())
    throw UsageError((given.empty() ? "new needs a kind" : "unknown kind " + base::quoted(kind) + " after new") +
                     indented(config::suggestion(kind, kinds)) + "\n  usage: pipeline " + usage_text +
                     "   (see --help)");
  if (given.size() == 1) throw UsageError("new " + kind + " needs a name: pipeline new " + kind + " NAME");
  if (given.size() > 2) throw UsageError("new " + kind + " takes one name, but also got " + base::quoted(given[2]));
  check_name(kind, given[1]);
  const bool samples = parsed.has("samples");
  if (samples && kind != "metric") throw UsageError("--samples is for metrics: pipeline new metric NAME --samples");

  // As typed: the printed commands work from the same folder.
  const std::string dir = parsed.get<std::string>("dir");
  std::error_code unreadable;
  if (!fs::is_directory(dir, unreadable))
    throw UsageError("--dir " + base::quoted_path(dir) + " is not a folder; create it first: mkdir -p " + quoted(dir));
  const fs::path folder = dir == "." ? "" : dir;
  if (kind == "pipeline")
    new_pipeline(given[1], folder);
  else
    new_plugin(kind, samples ? "example_sample_metric" : "example_" + kind, given[1], folder);
  return Exit::ok;
}

}  // namespace pipeline::cli
