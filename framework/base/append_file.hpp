// A new, append-only file of whole lines.
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
  AppendFile(AppendFile&& other) noexcept
      : path_(std::move(other.path_)), file_(std::exchange(other.file_, -1)), size_(other.size_) {}
  AppendFile(const AppendFile&) = delete;
  AppendFile& operator=(const AppendFile&) = delete;

  /// The text ends with a newline. Throws FileError; the file then ends with the last line that was written whole.
  void append(std::string_view lines);

 private:
  void cut_after_last_line(std::string_view piece);

  std::filesystem::path path_;
  int file_ = -1;
  std::size_t size_ = 0;
};

}  // namespace pipeline::base
