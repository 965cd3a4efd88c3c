#include "data/part_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <random>
#include <string>

#include "data/error.hpp"

namespace pipeline::data {
namespace fs = std::filesystem;
namespace {

[[noreturn]] void cannot(const std::string& what, int error) { throw DataError(what + ": " + std::strerror(error)); }

/// Parts that a killed program left behind: the same file's, untouched for a day.
void sweep(const fs::path& target) {
  std::error_code ignored;
  const std::string start = target.filename().string() + ".";
  for (const fs::directory_entry& entry : fs::directory_iterator(target.parent_path(), ignored)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(start) || !name.ends_with(".part")) continue;
    const fs::file_time_type touched = entry.last_write_time(ignored);
    if (!ignored && fs::file_time_type::clock::now() - touched > std::chrono::hours(24))
      fs::remove(entry.path(), ignored);
  }
}

}  // namespace

PartFile::PartFile(const fs::path& target) : target_(target) {
  std::error_code error;
  fs::create_directories(target.parent_path(), error);
  if (error) cannot("cannot create the folder " + target.parent_path().string(), error.value());
  sweep(target);
  std::random_device entropy;
  for (int attempt = 0; attempt < 100; ++attempt) {
    part_ = target.string() + "." + std::to_string(entropy()) + ".part";
    file_ = ::open(part_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (file_ >= 0) return;
    if (errno != EEXIST) break;
  }
  cannot("cannot create a file in " + target.parent_path().string(), errno);
}

PartFile::~PartFile() {
  if (file_ < 0) return;
  ::close(file_);
  ::unlink(part_.c_str());
}

void PartFile::write(const char* bytes, std::size_t count) {
  while (count > 0) {
    const ssize_t written = ::write(file_, bytes, count);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) cannot("cannot write " + part_.string(), errno);
    bytes += written;
    count -= static_cast<std::size_t>(written);
  }
}

void PartFile::finish() {
  if (::fsync(file_) != 0) cannot("cannot write " + part_.string() + " to disk", errno);
  if (::rename(part_.c_str(), target_.c_str()) != 0)
    cannot("cannot rename " + part_.string() + " to " + target_.filename().string(), errno);
  ::close(file_);
  file_ = -1;
  // The name itself is durable only once the folder is; a file system that cannot do this has done its best.
  if (const int folder = ::open(target_.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); folder >= 0) {
    ::fsync(folder);
    ::close(folder);
  }
}

}  // namespace pipeline::data
