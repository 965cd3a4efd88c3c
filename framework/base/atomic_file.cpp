#include "base/atomic_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>

#include "base/write_all.hpp"

namespace pipeline::base {
namespace fs = std::filesystem;

namespace {

/// Closes a file descriptor at the end of its scope.
struct Descriptor {
  int fd;
  ~Descriptor() {
    if (fd >= 0) ::close(fd);
  }
};

void rename_durably(const fs::path& from, const fs::path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) throw FileError("rename " + from.string() + " to", to);
  // The rename is durable only once the folder is synced. Some file systems cannot sync a folder; that is ignored.
  const fs::path folder = to.has_parent_path() ? to.parent_path() : fs::path(".");
  const Descriptor open{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (open.fd < 0 || ::fsync(open.fd) == 0) return;
  if (errno != EINVAL && errno != ENOTSUP && errno != ENOSYS && errno != EROFS) throw FileError("write", to);
}

}  // namespace

AtomicFile::AtomicFile(fs::path target) : target_(std::move(target)) {
  if (target_.has_parent_path()) {
    std::error_code error;
    fs::create_directories(target_.parent_path(), error);
    if (error) throw FileError("create the folder", target_.parent_path(), error.value());
  }
  static std::atomic<unsigned> counter = 0;
  for (int attempt = 0; attempt < 1000; ++attempt) {
    part_ = target_.string() + "." + std::to_string(::getpid()) + "-" + std::to_string(counter++) + ".part";
    file_ = ::open(part_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (file_ >= 0) return;
    if (errno != EEXIST) break;
  }
  throw FileError("create", target_);
}

AtomicFile::~AtomicFile() {
  if (file_ < 0) return;
  ::close(file_);
  ::unlink(part_.c_str());
}

void AtomicFile::write(std::string_view bytes) {
  if (!write_all(file_, bytes)) throw FileError("write", target_);
}

void AtomicFile::commit() {
  if (::fsync(file_) != 0) throw FileError("write", target_);
  rename_durably(part_, target_);
  ::close(file_);
  file_ = -1;
}

void write_file(const fs::path& target, std::string_view text) {
  AtomicFile file(target);
  file.write(text);
  file.commit();
}

void commit_file(const fs::path& written, const fs::path& target) {
  const Descriptor file{::open(written.c_str(), O_RDONLY | O_CLOEXEC)};
  if (file.fd < 0 || ::fsync(file.fd) != 0) throw FileError("write", target);
  rename_durably(written, target);
}

void remove_stale_parts(const fs::path& target, std::chrono::hours age) {
  std::error_code ignored;
  const std::string start = target.filename().string() + ".";
  for (const fs::directory_entry& entry : fs::directory_iterator(target.parent_path(), ignored)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(start) || !name.ends_with(".part")) continue;
    const fs::file_time_type touched = entry.last_write_time(ignored);
    if (!ignored && fs::file_time_type::clock::now() - touched > age) fs::remove(entry.path(), ignored);
  }
}

}  // namespace pipeline::base
