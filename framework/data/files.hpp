// Finds, fetches and verifies the files that a dataset names.
//
// A file is looked for in every search folder (folders.hpp) as <folder>/<data set>/<name>; in place of x.gz
// the plain x is taken as well. What is found under the pinned name must have the pinned hash: a wrong one is
// an error, never fetched anew behind the user's back. A plain file has no pinned hash; its own is recorded.
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
  /// Hears of every download: file, bytes so far, bytes in all (0: not known). What it throws ends the
  /// download, leaves nothing behind and comes out of locate().
  std::function<void(const std::string& file, std::uint64_t have, std::uint64_t total)> progress = {};
  /// As the user wrote it, for the command in the advice; empty: no pipeline is being run.
  std::string pipeline_file = {};
  /// A mirror that has not answered, or has stalled, for so long is given up.
  std::chrono::seconds patience{30};
};

/// A file as it lies on disk.
struct Located {
  std::string name;  // as the dataset names it
  std::filesystem::path path;
  std::string sha256;  // of the file at path
  std::string source;  // the URL it was just fetched from, or the folder it was found in
};

/// Every file, in the order given. Throws DataError: what was wrong or missing, what was tried, what to do.
PIPELINE_API std::vector<Located> locate(const std::string& dataset, const std::vector<DataFile>& files,
                                         const FetchOptions& options = {});

/// good: the pinned hash. unpinned: there, but no hash to compare with. wrong: another hash. missing: in no folder.
enum class State { good, unpinned, wrong, missing };

struct Verdict {
  std::string name;
  State state = State::missing;
  std::filesystem::path path;    // empty where missing
  std::string sha256, expected;  // of the file at path; as pinned
};

/// Looks and compares; fetches nothing.
PIPELINE_API std::vector<Verdict> verify(const std::string& dataset, const std::vector<DataFile>& files);

}  // namespace pipeline::data
