#include <iostream>

#include "cli/command.hpp"
#include "study/description.hpp"

namespace pipeline::cli {

int show(const Words& words) {
  options::options_description visible("options");
  visible.add_options()("origin", "say where each value comes from");
  add_plugin_options(visible);
  const Parsed parsed(words, "show FILE [section.key=value ...] [--origin]",
                      "Prints the pipeline with every default written out; what it prints runs as it stands.\n"
                      "Later wins: default, included file, file, command line.",
                      visible, "  pipeline show mnist_snr.ini model:l2.l2.lambda=1e-4 --origin");
  if (parsed.help_given()) return Exit::ok;
  if (parsed.positional().empty()) throw UsageError("show needs a pipeline file: pipeline show FILE");
  pipeline::plugins::Catalogue catalogue = catalogue_from(parsed);
  const study::Description d = study::describe(find_pipeline(parsed.positional().front()),
                                               {parsed.positional().begin() + 1, parsed.positional().end()}, catalogue);
  std::cout << config::as_ini(d.resolved, parsed.has("origin"));
  return Exit::ok;
}

}  // namespace pipeline::cli
