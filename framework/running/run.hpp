// Runs a pipeline: loads the data, trains all models side by side, measures as it goes, writes the run folder.
#pragma once
#include <atomic>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "data/files.hpp"
#include "experiment/pipeline.hpp"
#include "running/scheduler.hpp"

namespace pipeline::running {

/// What is known when a run starts.
struct Heading {
  const experiment::Pipeline& pipeline;
  DataShape data;
  std::vector<std::pair<std::string, std::filesystem::path>> plugins;  // "regulariser l2" and its library
  std::filesystem::path folder;
  std::size_t threads = 1;
  double estimated_seconds = 0;
  std::string kernels;                      // "own kernels (avx2)", "OpenBLAS (Zen)"
  std::optional<std::uint64_t> resumes_at;  // the step from which an earlier run continues
};

/// The run cannot be continued. The message says why, and what to do.
struct ResumeRefused : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Receives the progress of a run; the library itself never prints. All calls come from the thread that called run().
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void heading(const Heading&) {}
  virtual void progress(const std::vector<ModelProgress>&, std::uint64_t /*steps*/, double /*seconds*/) {}
  virtual void lines(const std::vector<std::string>&) {}
  virtual void warning(const std::string&) {}
};

inline constexpr unsigned kPatience = 3;  // seconds

struct RunOptions {
  std::size_t threads = 1;
  data::FetchOptions fetch;
  std::filesystem::path out;  // empty: a new folder under runs/
  std::vector<std::string> argv;
  // To continue an earlier run: that of `resume_from`; else that of `out`, if it holds one; else the newest unfinished
  // one of this configuration under runs/; a new run if there is none.
  bool resume = false, allow_changed = false;
  std::filesystem::path resume_from;
  const std::atomic<int>* stop_signal = nullptr;  // if not 0, the run stops after the current step
  int ask_signal =
      0;  // sent to every thread of a run that has not stopped for kPatience seconds; its handler may report
};

struct RunOutcome {
  bool stopped = false;                             // by the signal, before all models had ended
  std::optional<std::uint64_t> checkpoint_at = {};  // stopped, and can be continued from this step
  std::string why_no_newer_checkpoint = {};         // where the last one could not be written
  bool nothing_to_do = false;                       // the run to be continued was finished before
  std::filesystem::path folder;
  std::size_t models = 0, failed_models = 0;
  bool plugin_failed = false;
};

/// Throws ResumeRefused, config::PipelineTextError (the data does not fit the network), data::DataError, measuring::MetricFailure,
/// plugins::RefusedPlugin, or std::runtime_error where the folder cannot be written.
RunOutcome run(const experiment::Pipeline& pipeline, plugins::Catalogue& catalogue, const RunOptions& options,
               Observer& observer);

}  // namespace pipeline::running
