// Runs a description: loads the data, trains all models side by side, measures as it goes, writes the run folder.
#pragma once
#include <atomic>
#include <string>
#include <vector>

#include "data/files.hpp"
#include "study/description.hpp"

namespace pipeline::study {

/// Where a model stands, for whoever watches.
struct ModelProgress {
  std::string name;
  std::uint64_t step = 0;
  std::optional<double> newest;  // value of the first metric section, if it has one for the whole network
  std::string failure;           // why it stopped, if it did
};

struct Heading {
  const Description& description;
  DataShape data;
  std::vector<std::pair<std::string, std::filesystem::path>> plugins;  // "regulariser l2" and its library
  std::filesystem::path folder;
  std::size_t threads = 1;
  double estimated_seconds = 0;
  std::string kernels;  // "own kernels (avx2)", "OpenBLAS (Zen)"
};

/// Hears of the run; the library itself never prints. All calls come from the thread that called run().
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void heading(const Heading&) {}
  virtual void progress(const std::vector<ModelProgress>&, std::uint64_t /*steps*/, double /*seconds*/) {}
  virtual void lines(const std::vector<std::string>&) {}
  virtual void warning(const std::string&) {}
};

struct RunOptions {
  std::size_t threads = 1;
  data::FetchOptions fetch;
  std::filesystem::path out;  // empty: a new folder under runs/
  std::vector<std::string> argv;
  const std::atomic<int>* stop_signal = nullptr;  // not 0: finish the step and stop
};

enum class Status { finished, stopped };

struct Outcome {
  Status status = Status::finished;
  std::filesystem::path folder;
  std::size_t models = 0, failed_models = 0;
  bool plugin_failed = false;
};

/// Throws config::PipelineTextError (the data does not fit the network), data::DataError, MetricFailure,
/// plugins::RefusedPlugin, or std::runtime_error where the folder cannot be written.
Outcome run(const Description& description, plugins::Catalogue& catalogue, const RunOptions& options,
            Observer& observer);

/// The data of a description, checked against what its dataset promised. Throws like run().
struct LoadedData {
  Data data;
  DataShape shape;
  std::vector<data::Located> files;
};
/// Samples first .. first + count - 1, as a set of their own.
Samples part_of(const Samples& all, std::size_t first, std::size_t count);
LoadedData load_data(const Description& description, std::size_t threads, const data::FetchOptions& fetch);

}  // namespace pipeline::study
