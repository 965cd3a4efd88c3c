#include "base/append_file.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace pipeline::base {

AppendFile::AppendFile(std::filesystem::path path)
    : path_(std::move(path)), file_(::open(path_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_CLOEXEC, 0666)) {
  if (file_ < 0) throw FileError("create", path_);
}

AppendFile::~AppendFile() {
  if (file_ >= 0) ::close(file_);
}

void AppendFile::append(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(file_, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throw FileError("write", path_);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace pipeline::base
