// Laws of reports: on the folder of a small run they write files of their own only, and return lines.
#include <unistd.h>

#include <fstream>
#include <map>
#include <sstream>

#include "conformance/bench.hpp"
#include "conformance/loose_metric.hpp"
#include "study/study.hpp"

namespace pipeline::conformance {

namespace {
namespace fs = std::filesystem;

/// A folder that goes with this object.
struct Folder {
  fs::path path;
  Folder() {
    std::string name = (fs::temp_directory_path() / "pipeline_conformance_XXXXXX").string();
    if (!::mkdtemp(name.data())) throw Skip("no temporary folder can be made");
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

/// The folder of a whole run: two models, two metrics, 20 steps.
fs::path small_run(const fs::path& in) {
  study::Description d;
  d.file = in / "small.ini";
  std::ofstream(d.file) << "# Which of two models is right more often?\n[pipeline]\nname = small\n";
  d.name = "small";
  d.dataset_plugin = "made";
  d.dataset = std::make_shared<MadeData>();
  d.network = {{36, 12, 8, 5}, true};
  d.steps = kSteps;
  d.batch_size = 12;
  for (const char* name : {"plain", "slower"}) d.models.push_back({name, {}, d.models.empty() ? 0.1f : 0.01f});
  d.metrics = {share_right("accuracy"), lengths("lengths")};
  for (study::MetricSection& m : d.metrics) m.every = 5;
  study::RunOptions options;
  options.fetch.offline = true;
  options.out = in / "run";
  plugins::Catalogue none(plugins::SearchPath{});
  class Quiet final : public study::Observer {
  } quiet;
  return study::run(d, none, options, quiet).folder;
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

std::vector<std::string> written_by(const Candidate& candidate, const fs::path& run, const Occasion& occasion) {
  const Made<Report> made(candidate);
  const auto speaks = made.speaks_in("Report::write");
  return made.object->write(RunResults(run), occasion);
}

void reports_on_a_run(const Candidate& candidate, Findings& findings) {
  needs_values_for<Report>(candidate);
  const Folder folder;
  const fs::path run = small_run(folder.path);
  for (const Occasion& occasion : {Occasion{0, false}, Occasion{10, false}, Occasion{kSteps, true}})
    for (const std::string& line : written_by(candidate, run, occasion))
      findings.expect(line.find('\n') == std::string::npos, "returns a line that is several: " + line);
}

void writes_its_own_files_only(const Candidate& candidate, Findings& findings) {
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
      findings.fail("takes " + file + " away, which is not its own");
    else
      findings.expect(now->second == bytes, "changes " + file + ", which is not its own");
  }
  for (const auto& [file, bytes] : after)
    findings.expect(before.contains(file) || file.starts_with("run/"), "writes " + file + ", outside the run folder");
}

void fails_by_exception_only(const Candidate& candidate, Findings& findings) {
  needs_values_for<Report>(candidate);
  const auto attempt = [&](const std::string& what, const std::function<void(const fs::path& run)>& spoil) {
    findings.about(what);
    const Folder folder;
    const fs::path run = small_run(folder.path);
    spoil(run);
    try {
      written_by(candidate, run, {kSteps, true});
    } catch (const std::exception&) {  // becomes a warning
    } catch (...) {
      findings.fail("throws something that is no std::exception");
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
  attempt("values that are no number", [](const fs::path& run) {
    std::ofstream(run / "metrics.csv", std::ios::app) << "20,plain,lengths.longest,,nan\n";
  });
}

void report_prints_nothing(const Candidate& candidate, Findings& findings) {
  needs_values_for<Report>(candidate);
  const Folder folder;
  const fs::path run = small_run(folder.path);
  const std::string printed = printed_by([&] { written_by(candidate, run, {kSteps, true}); });
  findings.expect(printed.empty(), "prints '" + printed.substr(0, 60) + "'; what it has to say it returns");
}

}  // namespace

std::vector<Law> laws_of_reports() {
  return {
      {"reports_on_a_run", "it reports on a small run, in its middle and at its end", reports_on_a_run},
      {"prints_nothing", "it prints nothing and returns its lines", report_prints_nothing},
      {"writes_its_own_files_only", "it writes below its own names in the run folder, and nothing else",
       writes_its_own_files_only},
      {"fails_by_exception_only", "it takes a run that is not whole, or throws std::exception",
       fails_by_exception_only},
  };
}

}  // namespace pipeline::conformance
