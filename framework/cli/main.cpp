// The `pipeline` program: finds the command and runs it.
#include <malloc.h>

#include <csignal>

#include <iostream>

#include "base/signal_stack.hpp"
#include "base/utf8.hpp"
#include "cli/command.hpp"
#include "cli/crash.hpp"
#include "cli/guarded.hpp"
#include "config/complaint.hpp"

namespace pipeline::cli {

namespace {

const std::vector<Command>& commands() {
  static const std::vector<Command> all = {
      {"run", "train and measure the models of a pipeline file", run},
      {"sweep", "run a pipeline for many values of its keys, and gather the results", sweep},
      {"compare", "compare the models of several runs, with intervals and verdicts", compare},
      {"rank", "judge which measures order the runs of a sweep or table as a target does", rank},
      {"report", "write a page to look at for runs and sweeps", report},
      {"check", "report every error in a pipeline file, without running it", check},
      {"show", "print a pipeline file with every default written out", show},
      {"plugins", "list, inspect, test and diagnose plugins", plugins},
      {"new", "create a plugin or a pipeline file to start from", new_project},
      {"data", "fetch, verify and locate datasets", data},
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
  std::cout << "\n\nexample:\n  pipeline run quickstart.ini\n\nguide: "
            << (shared_files() / "framework/guide/README.md").string() << "\n";
  return Exit::ok;
}

int dispatch(const Words& words) {
  if (words.empty() || words[0] == "--help" || words[0] == "-h") return help();
  if (words[0] == "help") return words.size() > 1 ? dispatch({words[1], "--help"}) : help();
  const std::string name = words[0] == "--version" ? "version" : words[0];
  for (const Command& c : commands())
    if (name == c.name) return c.run({words.begin() + 1, words.end()});
  if (name.ends_with(".ini"))
    throw UsageError("unknown command " + base::quoted(name) + "\n  to run it: pipeline run " +
                     base::quoted_path(name));
  Words known;
  for (const Command& c : commands()) known.emplace_back(c.name);
  throw UsageError("unknown command " + base::quoted(name) + indented(config::suggestion(name, known)));
}

}  // namespace
}  // namespace pipeline::cli

int main(int argc, char** argv) {
  // Returns a measurement's memory to the system at once. By default glibc keeps it, separately for each thread: a
  // quarter of the memory of a study with four threads. What hooks allocate in every step is smaller, and is kept: pages
  // that are returned and taken again cost a fifth of a step with snr. Steps allocate little else, so one arena is enough.
  // NOLINTBEGIN(concurrency-mt-unsafe): no thread has started
  ::mallopt(M_MMAP_THRESHOLD, 1 << 20);
  ::mallopt(M_TRIM_THRESHOLD, 16 << 20);
  ::mallopt(M_ARENA_MAX, 1);
  // NOLINTEND(concurrency-mt-unsafe)
  const pipeline::base::SignalStack for_crashes;
  std::signal(SIGCHLD, SIG_DFL);  // if the caller ignores it, the exit status of child processes would be lost
  std::signal(SIGXFSZ, SIG_IGN);  // a write beyond the limit on file size (ulimit -f) then fails with an error
  pipeline::cli::name_plugin_on_crash();
  pipeline::cli::name_plugin_on_exit();
  return pipeline::cli::guarded([&] { return pipeline::cli::dispatch({argv + 1, argv + argc}); });
}
