// The folder of a run and the names of its files. Earlier runs are never changed.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace pipeline::results {

struct RunFolder {
  std::filesystem::path path;
  std::filesystem::path pipeline_ini() const { return path / "pipeline.ini"; }  // the file as given
  std::filesystem::path resolved_ini() const { return path / "resolved.ini"; }  // with every default written out
  std::filesystem::path run_json() const { return path / "run.json"; }
  std::filesystem::path metrics_csv() const { return path / "metrics.csv"; }
  std::filesystem::path nodes_h5() const { return path / "nodes.h5"; }
  std::filesystem::path weights_h5() const { return path / "weights.h5"; }
  std::filesystem::path predictions_h5() const { return path / "predictions.h5"; }
  std::filesystem::path summary_json() const { return path / "summary.json"; }
  std::filesystem::path checkpoints() const { return path / "checkpoints"; }
};

/// Whether a run may begin in this folder: it is empty, or holds only what a process that was killed copied there.
bool is_free(const std::filesystem::path& folder);
/// Whether the folder is that of a run.
bool holds_a_run(const std::filesystem::path& folder);

/// runs/<name>/<UTC time>-<hash>, with -2, -3 ... added if it exists. With `out`, that folder instead, which must be
/// empty or not exist. Throws std::runtime_error with a remedy.
RunFolder make_run_folder(const std::string& name, const std::string& hash, const std::filesystem::path& out);

/// The run folders of a pipeline of that name, newest first.
std::vector<RunFolder> runs_of(const std::string& name);

/// Begins a new run, in a free folder, with a checkpoint of another, its nodes.h5, and the first `size` bytes of its
/// metrics.csv. That file gets its name last, because a folder that has it is a run. The folder is free again if this
/// fails, and also if the process is killed.
void copy_measurements(const RunFolder& from, const RunFolder& to, const std::filesystem::path& checkpoint,
                       std::size_t size);

/// Removes the temporary files that a killed process left anywhere in a run folder. Only its one writer may call it.
void remove_temporary_files(const RunFolder& run);

/// Makes `latest`, beside the run, a link to it. Returns a warning if something that is not a link has that name, and
/// leaves it alone.
std::string make_latest(const RunFolder& run);

/// Rethrows the exception being handled; adds a remedy to a base::FileError that is caused by a full disk.
[[noreturn]] void rethrow_with_advice();

/// Calls write(), and adds a remedy to a base::FileError.
template <class Write>
void with_advice(const Write& write) {
  try {
    write();
  } catch (...) {
    rethrow_with_advice();
  }
}

/// Writes a file of the run atomically. Throws std::runtime_error.
void write_file(const std::filesystem::path& target, const std::string& text);

/// The contents of a file of the run. Throws std::runtime_error that names it.
std::string read_file(const std::filesystem::path& file);

}  // namespace pipeline::results
