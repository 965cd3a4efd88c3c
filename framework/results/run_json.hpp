// run.json: where the numbers of a run come from. Status, versions, machine, plugins and data with their SHA-256, git
// commit, times, and which models ended early.
#pragma once
#include <map>
#include <memory>
#include <optional>
#include <pipeline/results.hpp>
#include <string>
#include <vector>

#include "data/files.hpp"
#include "experiment/identity.hpp"
#include "experiment/pipeline.hpp"
#include "results/last_words.hpp"
#include "results/metrics_csv.hpp"

namespace pipeline::results {

/// The facts about a run that its pipeline does not contain.
struct RunFacts {
  std::vector<std::string> argv;
  std::size_t threads = 1;
  std::vector<plugins::Loaded> plugins;
  std::map<std::string, std::string> plugin_hashes;  // "regulariser l2" and the SHA-256 of its library
  std::vector<data::Located> files;                  // of the dataset
  std::string configuration;                         // its hash
  std::vector<std::string> class_names;              // Data::class_names
  std::vector<std::string> warnings;                 // about the data
};

/// Written when the run begins, and again when it ends. In between a crash writes it (results/last_words.hpp).
class RunJson {
 public:
  RunJson(const experiment::Pipeline& pipeline, const RunFacts& facts, std::filesystem::path file);
  ~RunJson();
  RunJson(const RunJson&) = delete;
  RunJson& operator=(const RunJson&) = delete;

  /// The run continues another, whose run.json is given, from this step.
  void resumed(const std::filesystem::path& earlier, std::uint64_t step,
               const std::vector<experiment::Difference>& changed);
  /// How long the longest checkpoint took.
  void checkpoints(std::size_t count, double longest_seconds);
  /// Records the size and SHA-256 of metrics.csv at the end of the run.
  void metrics(const MetricsEnd& end);
  /// Status "running".
  void begin();
  /// "finished", "finished, some models failed", "finished, every model failed", "stopped" or "failed". On a full disk the file is overwritten in place.
  void end(const std::string& status, const std::map<std::string, std::string>& failures = {});
  /// A regulariser stopped the model before update `stopped`, or the schedule ended there; its final weights are those
  /// of step `restored`.
  void stopped_early(const std::string& model, std::uint64_t stopped, std::uint64_t restored);
  /// What a regulariser has to say of its run.
  void remark(const std::string& model, const std::string& text);

 private:
  struct Content;
  std::unique_ptr<Content> content_;
  std::filesystem::path file_;
  std::optional<LastWords> last_words_;
};

/// Notes in the run.json of a finished run that its final reports are written too. Throws std::runtime_error.
void note_final_reports(const std::filesystem::path& file);

/// The part of run.json that readers use.
struct RunInfo {
  std::string pipeline, status, configuration;
  std::uint64_t steps = 0;
  bool has_final_reports = false;
  std::optional<MetricsEnd> metrics_end;  // of a run that has ended
  std::vector<std::string> models, class_names;
  std::vector<MeasuredMetric> metrics;
  std::vector<UsedPlugin> plugins;
  std::vector<std::pair<std::string, std::string>> facts;   // RunResults::facts
  std::map<std::string, std::string> failures;              // by model
  std::string failure;                                      // of the whole run
  std::string command, directory;                           // that started or last continued it, for a shell; where
  std::string made_by;                                      // "pipeline 0.1.0 on AMD EPYC, own avx512"
  std::map<std::string, std::uint64_t> stopped, restored;   // by model
  std::map<std::string, std::vector<std::string>> remarks;  // by model
};
/// Throws std::runtime_error with the file and the cause.
RunInfo read_run_json(const std::filesystem::path& file);

}  // namespace pipeline::results
