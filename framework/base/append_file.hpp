// An append-only file of whole lines, with one writer at a time.
//
// The writer holds a lock on the file itself as long as it lives; the kernel releases it however the process ends. A
// file system without locks cannot keep a second writer out; is_locked() says so.
#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "base/file_error.hpp"
#include "base/sha256.hpp"

namespace pipeline::base {

class AppendFile {
 public:
  /// Creates the file. Throws FileError, with code EEXIST if it already exists, and EWOULDBLOCK if another process has
  /// opened it at once.
  explicit AppendFile(std::filesystem::path path);
  /// Opens a file that exists. Throws FileError, with code EWOULDBLOCK while another writer holds it.
  static AppendFile existing(std::filesystem::path path);
  /// Whether a writer has the file open at this moment; not if it cannot be opened.
  static bool is_held(const std::filesystem::path& path);
  ~AppendFile();
  AppendFile(AppendFile&& other) noexcept
      : path_(std::move(other.path_)),
        file_(std::exchange(other.file_, -1)),
        locked_(other.locked_),
        size_(other.size_),
        sum_(std::move(other.sum_)) {}
  AppendFile& operator=(AppendFile&& other) noexcept {
    std::swap(path_, other.path_), std::swap(file_, other.file_), std::swap(size_, other.size_);
    std::swap(locked_, other.locked_), std::swap(sum_, other.sum_);
    return *this;
  }
  AppendFile(const AppendFile&) = delete;
  AppendFile& operator=(const AppendFile&) = delete;

  /// The text ends with a newline. Throws FileError; the file then ends with the last line that was written whole.
  void append(std::string_view lines);
  /// Makes what was written survive a power loss.
  void sync();
  /// Removes everything after the first `size` bytes. Throws FileError.
  void cut(std::size_t size);

  bool is_locked() const { return locked_; }
  std::size_t size() const { return size_; }
  /// The SHA-256 of the content.
  std::string sha256() const { return sum_.hex_so_far(); }
  /// That of the first `size` bytes, of which there are as many. Throws FileError.
  std::string sha256_of_first(std::size_t size) const { return sum_of_first(size).hex_so_far(); }

 private:
  AppendFile(std::filesystem::path path, int flags, const char* doing);
  void cut_after_last_line(std::string_view piece);
  Sha256 sum_of_first(std::size_t size) const;

  std::filesystem::path path_;
  int file_ = -1;
  bool locked_ = false;
  std::size_t size_ = 0;
  Sha256 sum_;  // of the first size_ bytes
};

}  // namespace pipeline::base
