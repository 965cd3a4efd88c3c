#include <unistd.h>

#include <iostream>

#include "base/utf8.hpp"
#include "cli/command.hpp"
#include "cli/complain.hpp"
#include "cli/progress.hpp"
#include "running/pages.hpp"

namespace pipeline::cli {

int report(const Words& words) {
  options::options_description visible("options");
  visible.add_options()("terminal", "print the curves of runs as text instead, and write nothing");
  add_plugin_options(visible);
  const Parsed parsed(words, "report RUN|SWEEP ... [options]",
                      "Writes report.html, one page to look at, into the folder of each run or sweep, finished or not.",
                      visible, "  pipeline report runs/quickstart/latest");
  if (parsed.help_given()) return Exit::ok;
  if (parsed.positional().empty())
    throw UsageError("report needs the folder of a run or sweep: pipeline report RUN|SWEEP ...");
  for (const std::string& folder : parsed.positional()) expect_folder(folder);
  plugins::Catalogue catalogue = catalogue_from(parsed);
  bool failed = false;
  for (const std::string& folder : parsed.positional()) try {
      const ReportOutput output = parsed.has("terminal")
                                      ? running::curves_as_text(folder, catalogue, terminal_columns(STDOUT_FILENO))
                                      : running::write_pages(folder, catalogue);
      for (const std::string& line : output.lines) std::cout << line << "\n";
      for (const std::string& warning : output.warnings) warn("warning: " + warning);
      if (output.lines.empty() && output.warnings.empty())
        warn(parsed.has("terminal")
                 ? "warning: nothing to draw: no metric of " + base::quoted_path(folder) + " has values at two steps"
                 : "warning: no report here writes a page, so nothing was written in " + base::quoted_path(folder));
      failed |= output.lines.empty();
    } catch (const std::runtime_error& e) {
      complain(e.what());
      failed = true;
    }
  return failed ? Exit::nothing_trained : Exit::ok;
}

}  // namespace pipeline::cli
