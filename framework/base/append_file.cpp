#include "base/append_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

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

AppendFile::AppendFile(std::filesystem::path path)
    : path_(std::move(path)), file_(::open(path_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_CLOEXEC, 0666)) {
  if (file_ < 0) throw FileError("create", path_);
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
    lines.remove_prefix(piece.size());
  }
}

void AppendFile::cut_after_last_line(std::string_view piece) {
  struct stat now {};
  if (::fstat(file_, &now) != 0 || static_cast<std::size_t>(now.st_size) <= size_) return;
  const std::string_view written = piece.substr(0, static_cast<std::size_t>(now.st_size) - size_);
  const std::size_t whole = size_ + (written.rfind('\n') + 1);  // npos + 1 is 0
  if (::ftruncate(file_, static_cast<off_t>(whole)) == 0) size_ = whole;
}

}  // namespace pipeline::base
