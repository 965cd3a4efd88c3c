// Shared by all commands: command-line parsing, help and exit codes.
#pragma once
#include <boost/program_options.hpp>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "plugins/catalogue.hpp"

namespace pipeline::cli {

namespace options = boost::program_options;
using Words = std::vector<std::string>;

/// Exit codes are a contract: scripts depend on them.
enum Exit {
  ok = 0,
  nothing_trained = 1,
  usage = 2,           // pipeline file, command line, unknown plugin
  plugin_refused = 3,  // found, but refused or failing
  data_trouble = 4,
  some_models_failed = 5,
  resume_refused = 6,
  stopped = 75,  // by a signal, with a checkpoint; batch systems start such a job again
};

/// An invalid command line.
struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Throws UsageError unless the folder of a run or sweep is there.
void expect_folder(const std::string& folder);

struct Command {
  const char* name;
  const char* summary;
  int (*run)(const Words& words);
};

int run(const Words& words);
int sweep(const Words& words);
int compare(const Words& words);
int rank(const Words& words);
int report(const Words& words);
int check(const Words& words);
int show(const Words& words);
int plugins(const Words& words);
int new_project(const Words& words);
int data(const Words& words);
int version(const Words& words);

/// The parsed words after the command. `--help` prints usage, options and an example, and sets help_given().
class Parsed {
 public:
  Parsed(const Words& words, const std::string& usage, const std::string& what, options::options_description visible,
         const std::string& example);
  bool help_given() const { return help_given_; }
  const Words& positional() const { return positional_; }
  bool has(const std::string& name) const { return values_.contains(name); }
  template <class T>
  T get(const std::string& name) const {
    return values_[name].as<T>();
  }

 private:
  options::variables_map values_;
  Words positional_;
  bool help_given_ = false;
};

/// Adds --plugin-path and --no-user-plugins, the options of every command that loads plugins.
void add_plugin_options(options::options_description& visible);
pipeline::plugins::Catalogue catalogue_from(const Parsed& parsed);

/// The file of that name, or else the shipped pipeline of that name, which is then reported on standard error.
std::filesystem::path find_pipeline(const std::string& name, bool report = true);
/// The folder above bin, in an installation or the build tree. The program's files are in lib and share under it.
std::filesystem::path installation();
std::filesystem::path shared_files();  // share/pipeline there
std::filesystem::path shipped_pipelines();
/// The names of the *.ini files of a folder, sorted.
Words pipelines_in(const std::filesystem::path& folder);
/// "1 model", "2 models"
std::string plural(std::size_t n, const std::string& noun);
/// A remedy on its own lines below a complaint; empty if there is none.
std::string indented(const std::string& remedy);

}  // namespace pipeline::cli
