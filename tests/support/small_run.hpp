// Whole runs of a few seconds at most on synthetic digits, and the files that they write.
#pragma once
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <optional>
#include <sstream>
#include <string>

#include "data/access.hpp"
#include "plugins/catalogue.hpp"
#include "running/load_data.hpp"
#include "running/run.hpp"
#include "scratch.hpp"

namespace support {

/// The head of a pipeline on `digits`; the caller adds models and metrics.
inline std::string small_pipeline(int steps, int train, int test) {
  return "[pipeline]\nname = small\n[dataset]\nplugin = digits\ntrain = " + std::to_string(train) +
         "\ntest = " + std::to_string(test) + "\n[network]\nlayers = 784, 32, 16, 10\noutput_bias = no\n" +
         "[training]\nbatch_size = 20\nsteps = " + std::to_string(steps) + "\n";
}

/// Prints nothing; collects the warnings.
class Quiet final : public pipeline::running::Observer {
 public:
  std::vector<std::string> warnings;
  void warning(const std::string& message) override { warnings.push_back(message); }
};

/// An entry whose object the test made; all copies of the model share it.
inline pipeline::experiment::EntryConfig entry_of(const std::string& name,
                                                  std::shared_ptr<pipeline::Regulariser> object,
                                                  pipeline::learning::Scope scope = {}) {
  return {name, {"made", {}, [object] { return object; }}, std::move(scope), {}};
}

/// A pipeline text that can be run; the run folders are below a scratch folder.
class SmallRun {
 public:
  using Change = std::function<void(pipeline::experiment::Pipeline&)>;

  SmallRun(const Scratch& scratch, const std::string& text, Change change = {})
      : folder_(scratch.path()), file_(scratch.write("small.ini", text)), change_(std::move(change)) {}

  pipeline::experiment::Pipeline description() const {
    pipeline::experiment::Pipeline d = pipeline::experiment::read_pipeline(file_, {}, catalogue_);
    if (change_) change_(d);
    return d;
  }

  pipeline::running::RunOutcome in(const std::string& name, std::size_t threads = 1) const {
    pipeline::running::RunOptions options;
    options.threads = threads;
    return in(name, options);
  }
  pipeline::running::RunOutcome in(const std::string& name, pipeline::running::RunOptions options) const {
    Quiet quiet;
    return in(name, options, quiet);
  }
  pipeline::running::RunOutcome in(const std::string& name, pipeline::running::RunOptions options, Quiet& quiet) const {
    options.fetch.offline = true;
    options.out = folder_ / name;
    warnings.clear();
    const pipeline::experiment::Pipeline d = description();
    const pipeline::running::RunOutcome outcome = pipeline::running::run(d, catalogue_, options, quiet);
    warnings = quiet.warnings;
    return outcome;
  }
  std::string file_of(const std::string& name, const std::string& file) const {
    return read_file(folder_ / name / file);
  }

  std::filesystem::path path_of(const std::string& name) const { return folder_ / name; }

  pipeline::Data data() const { return pipeline::running::load_data(description(), 1, {.offline = true}).data; }

  mutable std::vector<std::string> warnings;

 private:
  std::filesystem::path folder_, file_;
  Change change_;
  mutable pipeline::plugins::Catalogue catalogue_{pipeline::plugins::search_path({}, false)};
};

/// The rows of a metrics.csv whose model and metric `wanted` accepts.
inline std::string rows_where(const std::string& csv,
                              const std::function<bool(const std::string& model, const std::string& metric)>& wanted) {
  std::istringstream lines(csv);
  std::string line, out;
  while (std::getline(lines, line)) {
    std::istringstream fields(line);
    std::string step, model, metric;
    std::getline(fields, step, ','), std::getline(fields, model, ','), std::getline(fields, metric, ',');
    if (step != "step" && wanted(model, metric)) out += line + "\n";
  }
  return out;
}

/// The value of the last matching row of metrics.csv; layer "" is the whole network. NaN if there is no such row.
inline double last_value(const std::string& csv, const std::string& model, const std::string& metric,
                         const std::string& layer = "") {
  double value = std::nan("");
  std::istringstream lines(csv);
  for (std::string line; std::getline(lines, line);)
    if (const std::string key = "," + model + "," + metric + "," + layer + ","; line.find(key) != line.npos)
      value = std::stod(line.substr(line.find(key) + key.size()));
  return value;
}

/// The folder with MNIST's files, if a folder listed in PIPELINE_DATA_PATH contains it.
inline std::optional<std::filesystem::path> mnist_folder() {
  const char* list = std::getenv("PIPELINE_DATA_PATH");
  std::istringstream folders(list ? list : "");
  for (std::string folder; std::getline(folders, folder, ':');)
    if (const auto mnist = std::filesystem::path(folder) / "mnist";
        std::filesystem::exists(mnist / "t10k-images-idx3-ubyte.gz") &&
        std::filesystem::exists(mnist / "train-images-idx3-ubyte.gz"))
      return mnist;
  return std::nullopt;
}

}  // namespace support
