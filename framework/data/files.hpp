// Finds, fetches and verifies the files that a dataset names.
//
// A file is looked for in every search folder (folders.hpp) as <folder>/<dataset>/<name>; instead of x.gz the unpacked
// x is accepted too. A file found under its pinned name must have the pinned hash: a wrong hash is an error, and the
// file is never replaced silently. An unpacked file has no pinned hash; its own hash is recorded.
#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <pipeline/dataset.hpp>

#include "data/error.hpp"
#include "data/folders.hpp"

namespace pipeline::data {

struct FetchOptions {
  bool offline = false;
  /// Receives the progress of every download: file, bytes so far, total bytes (0: unknown). An exception that it throws
  /// ends the download, leaves no file behind and is rethrown by locate().
  std::function<void(const std::string& file, std::uint64_t have, std::uint64_t total)> progress = {};
  /// As the user typed it, for the command in the advice; empty: no pipeline is being run.
  std::string pipeline_file = {};
  /// How long a mirror may be silent or stalled before it is given up.
  std::chrono::seconds patience{30};
  /// A mirror that sends more has failed, so that one that never stops does not fill the disk.
  std::uint64_t most_bytes = 4'000'000'000;
};

/// A file found on disk.
struct Located {
  std::string name;  // as the dataset names it
  std::filesystem::path path;
  std::string sha256;  // of the file at path
  std::string source;  // the URL it was just fetched from, or the folder it was found in
};

/// Every file, in the order given; downloads missing ones. Throws DataError.
std::vector<Located> locate(const std::string& dataset, const std::vector<DataFile>& files,
                            const FetchOptions& options = {});

/// good: the pinned hash. unpinned: found, but no hash to compare with. wrong: another hash. missing: in no folder.
enum class FileState { good, unpinned, wrong, missing };

struct FileCheck {
  std::string name;
  FileState state = FileState::missing;
  std::filesystem::path path;    // empty if missing
  std::string sha256, expected;  // of the file at path; as pinned
};

/// Finds the files and compares their hashes; downloads nothing.
std::vector<FileCheck> verify(const std::string& dataset, const std::vector<DataFile>& files);

}  // namespace pipeline::data
