// Laws of reports: on the folder of a small run they write only their own files, and return lines.
#include <unistd.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/utf8.hpp"
#include "conformance/own_metrics.hpp"
#include "conformance/process_watch.hpp"
#include "conformance/training_fixture.hpp"
#include "results/run_folder.hpp"
#include "results/run_results.hpp"
#include "running/run.hpp"

namespace pipeline::conformance {

namespace {
namespace fs = std::filesystem;

/// A folder that is removed with this object.
struct Folder {
  fs::path path;
  Folder() {
    std::string name = (fs::temp_directory_path() / "pipeline_conformance_XXXXXX").string();
    if (!::mkdtemp(name.data())) throw Skip("no temporary folder can be created");
    path = name;
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
  Folder(const Folder&) = delete;
};

class MadeData final : public Dataset {
  Data load(const DataAccess&) const override {
    Data data;
    data.train = made_samples(36, 5, 60, 1);
    data.test = made_samples(36, 5, 40, 2);
    data.classes = 5;
    data.image = image_of(36);
    return data;
  }
};

constexpr std::uint64_t kSteps = 20;

/// The folder of a complete run: two models, two metrics, 20 steps.
fs::path small_run(const fs::path& in) {
  experiment::Pipeline p;
  p.file = in / "small.ini";
  std::ofstream(p.file) << "# Which of two models is right more often?\n[pipeline]\nname = small\n";
  p.name = "small";
  p.dataset.plugin = {"made", {}, [] { return std::make_shared<MadeData>(); }};
  p.network = {{36, 12, 8, 5}, true};
  p.steps = kSteps;
  p.batch_size = 12;
  for (const char* name : {"plain", "slower"}) p.models.push_back({name, {}, p.models.empty() ? 0.1f : 0.01f});
  p.metrics = {share_right("accuracy"), lengths("lengths")};
  for (experiment::MetricConfig& m : p.metrics) m.every = 5;
  running::RunOptions options;
  options.fetch.offline = true;
  options.out = in / "run";
  plugins::Catalogue none(plugins::SearchPath{});
  class Quiet final : public running::Observer {
  } quiet;
  const results::RunFolder run{running::run(p, none, options, quiet).folder};
  // The laws change its rows. Where run.json states their size, they could not be read any more.
  auto json = nlohmann::ordered_json::parse(results::read_file(run.run_json()));
  json.erase("metrics_csv");
  results::write_file(run.run_json(), json.dump(2) + "\n");
  return run.path;
}

std::map<std::string, std::string> contents(const fs::path& folder) {
  std::map<std::string, std::string> out;
  for (const auto& file : fs::recursive_directory_iterator(folder)) {
    if (!file.is_regular_file()) continue;
    std::ostringstream text;
    text << std::ifstream(file.path(), std::ios::binary).rdbuf();
    out[file.path().lexically_relative(folder).string()] = text.str();
  }
  return out;
}

ReportOutput written_by(const Candidate& candidate, const fs::path& run, const Occasion& occasion) {
  const Made<Report> made(candidate);
  const auto results = results::open_run(run);
  return made.call("Report::write", [&] { return made.object->write(*results, occasion); });
}

void reports_on_a_run(const Candidate& candidate, Findings& findings) {
  needs_values_for<Report>(candidate);
  const Folder folder;
  const fs::path run = small_run(folder.path);
  for (const Occasion& occasion : {Occasion{0, false}, Occasion{10, false}, Occasion{kSteps, true}})
    for (const std::string& line : written_by(candidate, run, occasion).lines)
      findings.expect(line.find('\n') == std::string::npos, "returns several lines as one: " + line);
}

void writes_only_its_own_files(const Candidate& candidate, Findings& findings) {
  needs_values_for<Report>(candidate);
  const Folder folder, elsewhere;
  const fs::path run = small_run(folder.path), here = fs::current_path();
  const auto before = contents(folder.path);
  fs::current_path(elsewhere.path);
  try {
    for (const Occasion& occasion : {Occasion{10, false}, Occasion{kSteps, true}}) written_by(candidate, run, occasion);
    findings.expect(fs::current_path() == fs::canonical(elsewhere.path), "changes the working directory");
  } catch (...) {
    fs::current_path(here);
    throw;
  }
  fs::current_path(here);
  findings.expect(fs::is_empty(elsewhere.path), "writes into the working directory; it must write into the run folder");
  const auto after = contents(folder.path);
  for (const auto& [file, bytes] : before) {
    const auto now = after.find(file);
    if (now == after.end())
      findings.fail("removes " + file + ", which is not its own");
    else
      findings.expect(now->second == bytes, "changes " + file + ", which is not its own");
  }
  for (const auto& [file, bytes] : after)
    findings.expect(before.contains(file) || file.starts_with("run/"), "writes " + file + ", outside the run folder");
}

void fails_only_by_exception(const Candidate& candidate, Findings& findings) {
  needs_values_for<Report>(candidate);
  const auto attempt = [&](const std::string& what, const std::function<void(const fs::path& run)>& damage) {
    findings.about(what);
    const Folder folder;
    const fs::path run = small_run(folder.path);
    damage(run);
    try {
      written_by(candidate, run, {kSteps, true});
    } catch (const std::exception&) {  // becomes a warning
    } catch (...) {
      findings.fail("throws something that is not a std::exception");
    }
  };
  attempt("no measurement yet", [](const fs::path& run) {
    std::ofstream(run / "metrics.csv") << "step,model,metric,layer,value\n";
    fs::remove(run / "nodes.h5");
  });
  attempt("files of the run are missing", [](const fs::path& run) {
    for (const char* file : {"nodes.h5", "weights.h5", "summary.json", "resolved.ini", "pipeline.ini"})
      fs::remove(run / file);
  });
  attempt("a value that is NaN", [](const fs::path& run) {
    std::ofstream(run / "metrics.csv", std::ios::app) << "20,plain,lengths.longest,,nan\n";
  });
}

void report_prints_nothing(const Candidate& candidate, Findings& findings) {
  needs_values_for<Report>(candidate);
  const Folder folder;
  const fs::path run = small_run(folder.path);
  const std::string printed = printed_by([&] { written_by(candidate, run, {kSteps, true}); });
  findings.expect(printed.empty(), "prints " + base::quoted(printed) + "; it must return what is to be printed");
}

void leaves_the_process_as_it_was(const Candidate& candidate, Findings& findings) {
  needs_values_for<Report>(candidate);
  const Folder folder;
  const fs::path run = small_run(folder.path);
  ProcessWatch watch(findings);
  written_by(candidate, run, {kSteps, true});
  watch.after("Report::write");
}

}  // namespace

std::vector<Law> laws_of_reports() {
  return {
      {"reports_on_a_run", "it reports on a small run, in the middle and at the end", reports_on_a_run},
      {"leaves_the_process_as_it_was",
       "it restores what it changes for everybody: rounding, locale, working directory, signal handlers, ...",
       leaves_the_process_as_it_was},
      {"prints_nothing", "it prints nothing and returns its lines", report_prints_nothing},
      {"writes_only_its_own_files", "it writes under its own names in the run folder, and nothing else",
       writes_only_its_own_files},
      {"fails_only_by_exception", "it accepts an incomplete run, or throws a std::exception", fails_only_by_exception},
  };
}

}  // namespace pipeline::conformance
