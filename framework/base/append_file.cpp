#include "base/append_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

#include "base/write_all.hpp"

namespace pipeline::base {

namespace {

/// How much of the lines to write at once to a file of this size: up to the last line end on its last page. SIGKILL
/// ends a write only between two pages, so that only a line that lies on two pages can be cut.
std::size_t next_piece(std::string_view lines, std::size_t size) {
  constexpr std::size_t page = 4096;
  const std::size_t room = page - size % page;
  if (lines.size() <= room) return lines.size();
  if (const std::size_t end = lines.rfind('\n', room - 1); end != lines.npos) return end + 1;
  const std::size_t end = lines.find('\n');
  return end == lines.npos ? lines.size() : end + 1;
}

}  // namespace

AppendFile::AppendFile(std::filesystem::path path, int flags, const char* doing)
    : path_(std::move(path)), file_(::open(path_.c_str(), O_RDWR | O_APPEND | O_CLOEXEC | flags, 0666)) {
  if (file_ < 0) throw FileError(doing, path_);
  locked_ = ::flock(file_, LOCK_EX | LOCK_NB) == 0;
  if (!locked_ && errno == EWOULDBLOCK) {
    const FileError held("write", path_);
    ::close(std::exchange(file_, -1));
    throw held;
  }
}

AppendFile::AppendFile(std::filesystem::path path) : AppendFile(std::move(path), O_CREAT | O_EXCL, "create") {}

AppendFile AppendFile::existing(std::filesystem::path path) {
  AppendFile file(std::move(path), 0, "open");
  struct stat now {};
  if (::fstat(file.file_, &now) != 0) throw FileError("read", file.path_);
  file.size_ = static_cast<std::size_t>(now.st_size);
  file.sum_ = file.sum_of_first(file.size_);
  return file;
}

bool AppendFile::is_held(const std::filesystem::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  const bool held = ::flock(file, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  ::close(file);
  return held;
}

AppendFile::~AppendFile() {
  if (file_ >= 0) ::close(file_);
}

void AppendFile::append(std::string_view lines) {
  while (!lines.empty()) {
    const std::string_view piece = lines.substr(0, next_piece(lines, size_));
    if (!write_all(file_, piece)) {
      const FileError failure("write", path_);
      cut_after_last_line(piece);
      throw failure;
    }
    size_ += piece.size();
    sum_.add(piece);
    lines.remove_prefix(piece.size());
  }
}

void AppendFile::cut_after_last_line(std::string_view piece) {
  struct stat now {};
  if (::fstat(file_, &now) != 0 || static_cast<std::size_t>(now.st_size) <= size_) return;
  const std::string_view written = piece.substr(0, static_cast<std::size_t>(now.st_size) - size_);
  const std::size_t whole = size_ + (written.rfind('\n') + 1);  // npos + 1 is 0
  if (::ftruncate(file_, static_cast<off_t>(whole)) != 0) return;
  sum_.add(written.substr(0, whole - size_));
  size_ = whole;
}

void AppendFile::sync() {
  if (::fsync(file_) != 0) throw FileError("write", path_);
}

void AppendFile::cut(std::size_t size) {
  Sha256 sum = sum_of_first(size);
  if (::ftruncate(file_, static_cast<off_t>(size)) != 0) throw FileError("shorten", path_);
  size_ = size;
  sum_ = std::move(sum);
}

Sha256 AppendFile::sum_of_first(std::size_t size) const {
  Sha256 sum;
  std::vector<char> buffer(1 << 18);
  for (std::size_t at = 0; at < size;) {
    const ssize_t got = ::pread(file_, buffer.data(), std::min(buffer.size(), size - at), static_cast<off_t>(at));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) throw FileError("read", path_, got < 0 ? errno : ENODATA);
    sum.add(buffer.data(), static_cast<std::size_t>(got));
    at += static_cast<std::size_t>(got);
  }
  return sum;
}

}  // namespace pipeline::base
