#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/command.hpp"
#include "cli/complain.hpp"
#include "experiment/pipeline.hpp"

namespace pipeline::cli {

namespace {

void print_json(bool ok, const std::vector<config::Complaint>& complaints) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const config::Complaint& c : complaints)
    list.push_back({{"file", c.place.file},
                    {"line", c.place.line},
                    {"column", c.place.column},
                    {"width", c.width},
                    {"subject", c.subject},
                    {"message", c.message},
                    {"remedy", c.remedy}});
  std::cout << nlohmann::ordered_json{{"ok", ok}, {"complaints", list}}.dump(
                   2, ' ', false, nlohmann::ordered_json::error_handler_t::replace)
            << "\n";
}

}  // namespace

int check(const Words& words) {
  options::options_description visible("options");
  visible.add_options()("format", options::value<std::string>()->default_value("text")->value_name("text|json"),
                        "format of the error messages");
  add_plugin_options(visible);
  const Parsed parsed(words, "check FILE [section.key=value ...] [--format text|json]",
                      "Reads a pipeline file, loads its plugins and reports every error; trains nothing.", visible,
                      "  pipeline check mnist_snr.ini training.steps=1000");
  if (parsed.help_given()) return Exit::ok;
  if (parsed.positional().empty()) throw UsageError("check needs a pipeline file: pipeline check FILE");
  const std::string format = parsed.get<std::string>("format");
  if (format != "text" && format != "json") throw UsageError("--format must be text or json, not '" + format + "'");

  const std::string& file = parsed.positional().front();
  pipeline::plugins::Catalogue catalogue = catalogue_from(parsed);
  try {
    const experiment::Pipeline p = experiment::read_pipeline(
        find_pipeline(file), {parsed.positional().begin() + 1, parsed.positional().end()}, catalogue);
    if (format == "json")
      print_json(true, {});
    else
      std::cout << file << " is fine: " << plural(p.models.size(), "model") << ", " << plural(p.steps, "step") << ", "
                << plural(p.metrics.size(), "metric") << ", " << plural(p.reports.size(), "report") << "\n";
    return Exit::ok;
  } catch (const config::PipelineTextError& e) {
    if (format == "text") throw;
    print_json(false, e.complaints);
    return Exit::usage;
  } catch (const std::exception& e) {
    // A file, data or a plugin: there is no place in the text. The exit code shows which.
    if (format == "json") print_json(false, {{{}, 0, "", e.what(), ""}});
    throw;
  }
}

}  // namespace pipeline::cli
