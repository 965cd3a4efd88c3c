// What the files of a dataset contain. Compared before and after the dataset reads them, so that the recorded SHA-256 is
// that of the bytes that were read.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace pipeline::data {

/// A file, or a folder with everything below it, at one time.
struct Stamp {
  std::filesystem::path path;
  std::string sha256;  // of the file; of a folder: of the names and the contents of its files
  std::string state;   // inode, size and time of each file
  bool operator==(const Stamp&) const = default;
};

/// Throws std::runtime_error if a path names a pipe, a socket or a device: it cannot be read twice, and may never end.
void refuse_special_files(const std::vector<std::filesystem::path>& paths);

/// One of each path that exists. Throws std::runtime_error if a file cannot be read.
std::vector<Stamp> stamps_of(const std::vector<std::filesystem::path>& paths);

}  // namespace pipeline::data
