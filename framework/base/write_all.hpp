// Writing to a file descriptor until everything is written.
#pragma once
#include <unistd.h>

#include <cerrno>
#include <string_view>

namespace pipeline::base {

/// Continues after short writes and interruptions. False, with errno set, if a write fails.
inline bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written == 0) errno = EIO;  // otherwise this might never end
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace pipeline::base
