#include <iostream>

#include "cli/command.hpp"
#include "experiment/pipeline.hpp"

namespace pipeline::cli {

int show(const Words& words) {
  options::options_description visible("options");
  visible.add_options()("origin", "show where each value comes from");
  add_plugin_options(visible);
  const Parsed parsed(words, "show FILE [section.key=value ...] [--origin]",
                      "Prints the pipeline with every default written out; the output can be run as it is.\n"
                      "Later wins: default, included file, file, command line.",
                      visible, "  pipeline show mnist_snr.ini model:l2.l2.lambda=1e-4 --origin");
  if (parsed.help_given()) return Exit::ok;
  if (parsed.positional().empty()) throw UsageError("show needs a pipeline file: pipeline show FILE");
  pipeline::plugins::Catalogue catalogue = catalogue_from(parsed);
  const experiment::Pipeline p =
      experiment::read_pipeline(find_pipeline(parsed.positional().front()),
                                {parsed.positional().begin() + 1, parsed.positional().end()}, catalogue);
  std::cout << config::as_ini(p.resolved, parsed.has("origin"));
  return Exit::ok;
}

}  // namespace pipeline::cli
