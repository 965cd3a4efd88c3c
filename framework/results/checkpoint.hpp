// checkpoints/: what `--resume` needs to continue a run with the same bits. A checkpoint is the state of all models
// between two steps, the measurements that are not in metrics.csv yet, and how long the run's other files were then.
//
// File: a line "pipeline checkpoint 1 <bytes> <SHA-256>", then that many bytes of CBOR (RFC 8949). Floats lie in it as
// they lie in memory, little-endian.
#pragma once
#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "experiment/identity.hpp"
#include "learning/saved_model.hpp"
#include "measuring/measured.hpp"
#include "results/metrics_csv.hpp"
#include "results/nodes_h5.hpp"
#include "results/summary_json.hpp"

namespace pipeline::results {

/// What a model's regularisers watch at one step, measured before they decided.
struct SavedWatch {
  std::vector<std::string> sections;
  measuring::Measured measured;
};

/// How far one model of the run has come, the control included.
struct TaskProgress {
  std::string name;
  std::uint64_t next = 0;  // the update that it makes next, as of its last slice; one past the last one when done
  bool ended = false;
  std::string failure;  // why it ended early
  bool plugin_failed = false;
  std::optional<std::uint64_t> stopped_at;   // a regulariser stopped it before this update
  std::optional<std::uint64_t> restored_to;  // after its last update, it went back to the weights of this step
};

/// The step of the model furthest behind, of those that have not ended; 0 if all have.
template <class Tasks>
std::uint64_t step_of(const Tasks& tasks) {
  std::optional<std::uint64_t> first;
  for (const TaskProgress& task : tasks)
    if (!task.ended) first = std::min(first.value_or(task.next), task.next);
  return first.value_or(0);
}

/// Whether the model has made more updates than a run of so many steps makes. False for a model that a regulariser
/// stopped or that failed: its `next` does not count updates.
inline bool has_made_more_updates(const TaskProgress& task, std::uint64_t steps) {
  return task.failure.empty() && !task.stopped_at && task.next > steps + (task.ended ? 1 : 0);
}

/// One model, with everything that it needs to go on.
struct SavedTask : TaskProgress {
  std::optional<learning::SavedModel> model;  // none if it failed
  std::optional<SavedWatch> watched;
  /// Its copies at steps that others still compare themselves with.
  std::map<std::uint64_t, learning::SavedModel> left;
};

/// Measurements of a model that wait for slower models.
struct Waiting {
  std::uint64_t step = 0;
  std::string model;
  measuring::Measured measured;
};

struct Checkpoint {
  experiment::Identity identity;  // of the run, and of the machine where it affects the bits
  std::uint64_t steps = 0;        // updates in the whole run
  std::uint64_t step = 0;         // that of the model furthest behind
  double seconds = 0;             // of training so far
  std::vector<SavedTask> tasks;
  std::vector<Waiting> waiting;
  MetricsEnd metrics;
  NodesWriter::Ends nodes;
  SummaryJson::Values summary;
};

/// Writes checkpoints under numbers that grow, and keeps the last two; of a finished run the last.
class Checkpoints {
 public:
  explicit Checkpoints(std::filesystem::path folder) : folder_(std::move(folder)) {}
  /// Written aside, synced and renamed. Throws std::runtime_error. Returns its size in bytes.
  std::size_t write(const Checkpoint& checkpoint);
  /// The files, newest first.
  std::vector<std::filesystem::path> files() const;
  /// Removes all but the newest.
  void keep_newest();
  /// Removes the files newer than this one, which cannot be used.
  void remove_after(const std::filesystem::path& file);

 private:
  std::filesystem::path folder_;
};

/// Throws std::runtime_error with file and cause where the file is damaged or cut short, or of another version.
Checkpoint read_checkpoint(const std::filesystem::path& file);

}  // namespace pipeline::results
