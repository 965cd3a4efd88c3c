#include <iostream>
#include <nlohmann/json.hpp>

#include "base/cores.hpp"
#include "base/utf8.hpp"
#include "cli/command.hpp"
#include "cli/complain.hpp"
#include "cli/progress.hpp"
#include "running/data_for_run.hpp"
#include "running/load_data.hpp"

namespace pipeline::cli {

namespace {

/// What a check found.
struct Findings {
  std::vector<config::Complaint> complaints;
  std::size_t further = 0;  // complaints that are not in the list
  std::vector<std::string> warnings;
  bool data_read = false;
};

void print_json(bool ok, const Findings& found) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const config::Complaint& c : found.complaints)
    list.push_back({{"file", c.place.file.str()},
                    {"line", c.place.line},
                    {"column", c.place.column},
                    {"width", c.width},
                    {"subject", c.subject},
                    {"message", c.message},
                    {"remedy", c.remedy}});
  std::cout << nlohmann::ordered_json{{"ok", ok},
                                      {"data_read", found.data_read},
                                      {"warnings", found.warnings},
                                      {"complaints", list},
                                      {"further_complaints", found.further}}
                   .dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace)
            << "\n";
}

/// Whether the data is read unasked: all of it is in files that the pipeline names, and together they are small. Nothing
/// is downloaded, and nothing waits for the other end of a pipe.
bool is_at_hand(const experiment::Pipeline& p) {
  constexpr std::uintmax_t most = 64 << 20;
  if (p.dataset.files.empty() || !running::files_of(p).empty()) return false;
  std::uintmax_t total = 0;
  for (const std::filesystem::path& file : p.dataset.files) {
    std::error_code missing;  // the dataset then says so
    const auto status = std::filesystem::status(file, missing);
    if (std::filesystem::is_regular_file(status))
      total += std::filesystem::file_size(file, missing);
    else if (std::filesystem::exists(status))
      return false;
  }
  return total <= most;
}

/// Returns what there is of it, in words.
std::string read_data(const experiment::Pipeline& p, const std::string& file, bool offline, bool quiet,
                      Findings& found) {
  FetchProgress fetching(progress_style(quiet ? "none" : "auto"));
  data::FetchOptions how;
  how.offline = offline;
  how.pipeline_file = file;
  how.progress = [&](const std::string& name, std::uint64_t have, std::uint64_t total) {
    fetching.show(name, have, total);
  };
  const running::LoadedData loaded =
      running::load_for_run(p, base::usable_cores(), how, [&](const std::string& warning) {
        found.warnings.push_back(warning);
        if (!quiet) warn("warning: " + warning);
      });
  found.data_read = true;
  const Data& data = loaded.data;
  const std::size_t validation = data.validation.size();
  return plural(data.train.size(), "training sample") + ", " +
         (validation ? plural(validation, "validation sample") + ", " : "") + plural(data.test.size(), "test sample") +
         ", " + plural(data.train.features(), "feature") + ", " + std::to_string(data.classes) + " classes";
}

}  // namespace

int check(const Words& words) {
  options::options_description visible("options");
  visible.add_options()("format", options::value<std::string>()->default_value("text")->value_name("text|json"),
                        "format of the error messages")(
      "data",
      "also read the data, and report all that run would; files named in the pipeline and no larger than 64 MiB "
      "are read anyway")("offline", "never download data");
  add_plugin_options(visible);
  const Parsed parsed(words, "check FILE [section.key=value ...] [--data] [--format text|json]",
                      "Reads a pipeline file, loads its plugins and reports every error; trains nothing.", visible,
                      "  pipeline check mnist_snr.ini training.steps=1000\n  pipeline check quickstart.ini --data");
  if (parsed.help_given()) return Exit::ok;
  if (parsed.positional().empty()) throw UsageError("check needs a pipeline file: pipeline check FILE");
  const std::string format = parsed.get<std::string>("format");
  if (format != "text" && format != "json")
    throw UsageError("--format must be text or json, not " + base::quoted(format));

  const std::string& file = parsed.positional().front();
  const bool json = format == "json";
  pipeline::plugins::Catalogue catalogue = catalogue_from(parsed);
  Findings found;
  try {
    const experiment::Pipeline p = experiment::read_pipeline(
        find_pipeline(file, !json), {parsed.positional().begin() + 1, parsed.positional().end()}, catalogue);
    const bool reads = parsed.has("data") || is_at_hand(p);
    const std::string data = reads ? read_data(p, file, parsed.has("offline"), json, found) : "";
    if (json)
      print_json(true, found);
    else
      std::cout << file << " is fine: " << plural(p.models.size(), "model") << ", " << plural(p.steps, "step") << ", "
                << plural(p.metrics.size(), "metric") << ", " << plural(p.reports.size(), "report") << "\n"
                << (reads ? "its data was read: " + data : "its data was not read; --data reads it") << "\n";
    return Exit::ok;
  } catch (const config::PipelineTextError& e) {
    if (!json) throw;
    found.complaints = e.complaints;
    found.further = e.further;
    print_json(false, found);
    return Exit::usage;
  } catch (const std::exception& e) {
    // A file, data or a plugin: there is no place in the text. The exit code shows which.
    found.complaints = {{{}, 0, "", e.what(), ""}};
    if (json) print_json(false, found);
    throw;
  }
}

}  // namespace pipeline::cli
