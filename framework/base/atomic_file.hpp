// A file that appears complete or not at all, and survives a power loss once it has appeared.
//
// It is written under a temporary name in the same folder, synced and renamed; then the folder is synced.
#pragma once
#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/file_error.hpp"

namespace pipeline::base {

class AtomicFile {
 public:
  /// Creates the folder if it is missing, and in it <target>.<number>.part, a name that no other process uses.
  /// All functions throw FileError.
  explicit AtomicFile(std::filesystem::path target);
  /// Removes the temporary file unless it was committed.
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(std::string_view bytes);
  /// Renames the file to its target.
  void commit();

 private:
  std::filesystem::path target_, part_;
  int file_ = -1;
};

void write_file(const std::filesystem::path& target, std::string_view text);

/// Syncs a file that something else wrote and closed, and renames it to `target`.
void commit_file(const std::filesystem::path& written, const std::filesystem::path& target);

/// Removes temporary files of this target that a killed program left behind, once they are older than `age`.
void remove_stale_parts(const std::filesystem::path& target, std::chrono::hours age);

}  // namespace pipeline::base
