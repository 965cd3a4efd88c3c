// A new, append-only file.
#pragma once
#include <filesystem>
#include <string_view>
#include <utility>

#include "base/file_error.hpp"

namespace pipeline::base {

class AppendFile {
 public:
  /// Throws FileError, with code EEXIST if the file already exists.
  explicit AppendFile(std::filesystem::path path);
  ~AppendFile();
  AppendFile(AppendFile&& other) noexcept : path_(std::move(other.path_)), file_(std::exchange(other.file_, -1)) {}
  AppendFile(const AppendFile&) = delete;
  AppendFile& operator=(const AppendFile&) = delete;

  /// Throws FileError.
  void append(std::string_view text);

 private:
  std::filesystem::path path_;
  int file_ = -1;
};

}  // namespace pipeline::base
