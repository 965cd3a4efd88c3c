// The `pipeline` program: finds the command, runs it, and turns what goes wrong into words and an exit code.
#include <algorithm>
#include <iostream>
#if defined(__GLIBC__)
#include <malloc.h>
#endif

#include "cli/command.hpp"
#include "cli/complain.hpp"
#include "cli/crash.hpp"
#include "config/complaint.hpp"
#include "data/error.hpp"
#include "learning/entry.hpp"
#include "learning/speaking.hpp"
#include "study/evaluation.hpp"

namespace pipeline::cli {

namespace {

const std::vector<Command>& commands() {
  static const std::vector<Command> all = {
      {"run", "train and measure the models of a pipeline file", run},
      {"check", "say everything that is wrong with a pipeline file, without running it", check},
      {"show", "print a pipeline file with every default written out", show},
      {"plugins", "list, inspect and find plugins", plugins},
      {"new", "write a plugin or a pipeline file to start from", new_project},
      {"data", "fetch, verify and find data sets", data},
      {"version", "print the versions of the program and its libraries", version},
  };
  return all;
}

int help() {
  std::cout
      << "pipeline runs comparative studies of small neural networks from one text file.\n\nusage: pipeline COMMAND "
         "...\n\n";
  for (const Command& c : commands())
    std::cout << "  " << std::string(c.name).append(10 - std::string(c.name).size(), ' ') << c.summary << "\n";
  std::cout << "\n`pipeline COMMAND --help` shows a command's options and an example. Shipped pipelines:\n ";
  for (const std::string& name : pipelines_in(shipped_pipelines())) std::cout << " " << name;
  std::cout << "\n\nexample:\n  pipeline run quickstart.ini\n";
  return Exit::ok;
}

int dispatch(const Words& words) {
  if (words.empty() || words[0] == "--help" || words[0] == "-h") return help();
  if (words[0] == "help") return words.size() > 1 ? dispatch({words[1], "--help"}) : help();
  const std::string name = words[0] == "--version" ? "version" : words[0];
  for (const Command& c : commands())
    if (name == c.name) return c.run({words.begin() + 1, words.end()});
  Words known;
  for (const Command& c : commands()) known.emplace_back(c.name);
  throw UsageError("unknown command '" + name + "'" + indented(config::suggestion(name, known)));
}

}  // namespace

int main(const Words& words) {
#if defined(__GLIBC__)
  // What a measurement needed goes back to the system at once. Left to itself glibc learns to keep it, for each thread
  // apart: a fourth of the memory of a study with four threads. Steps hardly allocate, so one arena serves all threads.
  mallopt(M_MMAP_THRESHOLD, 1 << 20);
  mallopt(M_ARENA_MAX, 1);
#endif
  try {
    return dispatch(words);
  } catch (const config::PipelineTextError& e) {
    complain(e.complaints);
    return Exit::usage;
  } catch (const UsageError& e) {
    complain(e.what());
    return Exit::usage;
  } catch (const pipeline::plugins::UnknownPlugin& e) {
    complain(e.what());
    return Exit::usage;
  } catch (const pipeline::plugins::RefusedPlugin& e) {
    complain(e.what());
    return Exit::plugin_refused;
  } catch (const study::MetricFailure& e) {
    complain(e.what());
    return Exit::plugin_refused;
  } catch (const learning::HookFailure& e) {
    complain(e.what());
    return Exit::plugin_refused;
  } catch (const data::DataError& e) {
    complain(e.what());
    return Exit::data_trouble;
  } catch (const std::exception& e) {
    complain(e.what());
    return Exit::nothing_trained;
  } catch (...) {  // whatever a plugin throws, it is not ours to die of
    complain("something that is no exception was thrown; a plugin must throw std::exception");
    return Exit::plugin_refused;
  }
}

}  // namespace pipeline::cli

int main(int argc, char** argv) {
  const pipeline::learning::HandlerStack for_crashes;
  pipeline::cli::name_who_crashes();
  pipeline::cli::name_who_exits();
  return pipeline::cli::main({argv + 1, argv + argc});
}
