#include "base/append_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include "base/write_all.hpp"

namespace pipeline::base {

AppendFile::AppendFile(std::filesystem::path path)
    : path_(std::move(path)), file_(::open(path_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_CLOEXEC, 0666)) {
  if (file_ < 0) throw FileError("create", path_);
}

AppendFile::~AppendFile() {
  if (file_ >= 0) ::close(file_);
}

void AppendFile::append(std::string_view text) {
  if (!write_all(file_, text)) throw FileError("write", path_);
}

}  // namespace pipeline::base
