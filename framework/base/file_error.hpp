// A file or folder that could not be opened, read, written or created.
#pragma once
#include <cerrno>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <system_error>

namespace pipeline::base {

/// "cannot write runs/x/metrics.csv: No space left on device"
struct FileError : std::runtime_error {
  FileError(const std::string& cannot, const std::filesystem::path& path, int error = errno)
      : std::runtime_error("cannot " + cannot + " " + path.string() + ": " + std::generic_category().message(error)),
        code(error) {}
  /// Whether the cause is a full disk, a quota or a file size limit.
  bool no_room() const { return code == ENOSPC || code == EDQUOT || code == EFBIG; }
  int code;
};

}  // namespace pipeline::base
