// A library that is loaded before a program (LD_PRELOAD) and lets one of its calls that change files fail, write less
// than asked, or kill the program. Calls are counted for paths below one folder.
//
//   FAULTS_BELOW  the folder
//   FAULTS_OF     count only calls whose line "call path" contains this text
//   FAULTS_AT     which of these calls is disturbed: 1 is the first
//   FAULTS_DO     a number of errno; "short": about half is written; "kill": SIGKILL before the call, or when half is
//                 written; "kill-after": SIGKILL after it; "term": SIGTERM before the call, which is then made
//   FAULTS_STAY   if set, all later calls are disturbed as well, as on a disk that stays full
//   FAULTS_LOCKS  if set, there are none: flock() fails with ENOSYS
//   FAULTS_CLOCK  if set, the time of day is a year ahead and a year behind in turn, at each look
//   FAULTS_LOG    a file that gets a line "call path" for each call, and "disturbed call path"
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <climits>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

namespace {

std::atomic<long> calls = 0;

enum class Do { nothing, fail, shorten, kill, kill_after };

/// Only in the program itself, not in what it starts.
bool is_the_program() {
  static const bool is = std::strcmp(program_invocation_short_name, "pipeline") == 0;
  return is;
}

void log(const char* mark, const char* line) {
  const char* file = std::getenv("FAULTS_LOG");
  if (!file) return;
  char text[2 * PATH_MAX];
  const int size = std::snprintf(text, sizeof text, "%s%s\n", mark, line);
  const long to = ::syscall(SYS_openat, AT_FDCWD, file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (to < 0) return;
  ::syscall(SYS_write, to, text, size);
  ::syscall(SYS_close, to);
}

Do decide(const char* call, const char* path) {
  const char *below = std::getenv("FAULTS_BELOW"), *of = std::getenv("FAULTS_OF"), *at = std::getenv("FAULTS_AT"),
             *what = std::getenv("FAULTS_DO");
  if (!is_the_program() || !below || std::strncmp(path, below, std::strlen(below)) != 0) return Do::nothing;
  char line[PATH_MAX + 32];
  std::snprintf(line, sizeof line, "%s %s", call, path);
  if (of && !std::strstr(line, of)) return Do::nothing;
  const long number = ++calls;
  const bool disturbed =
      at && what && (number == std::atol(at) || (std::getenv("FAULTS_STAY") && number > std::atol(at)));
  log(disturbed ? "disturbed " : "", line);
  if (!disturbed) return Do::nothing;
  if (std::strcmp(what, "term") == 0) {
    ::syscall(SYS_kill, ::getpid(), SIGTERM);
    return Do::nothing;
  }
  if (std::strcmp(what, "short") == 0) return Do::shorten;
  if (std::strcmp(what, "kill") == 0) return Do::kill;
  if (std::strcmp(what, "kill-after") == 0) return Do::kill_after;
  errno = std::atoi(what);
  return Do::fail;
}

Do decide(const char* call, int fd) {
  const int before = errno;
  char link[64], path[PATH_MAX];
  std::snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  const ssize_t size = ::readlink(link, path, sizeof path - 1);
  errno = before;
  if (size <= 0) return Do::nothing;
  path[size] = 0;
  return decide(call, path);
}

[[noreturn]] void end() {
  for (;;) ::syscall(SYS_kill, ::getpid(), SIGKILL);
}

/// A relative path as the folder's is.
struct Absolute {
  char path[PATH_MAX] = "";
  explicit Absolute(const char* given) {
    if (*given != '/' && ::getcwd(path, sizeof path)) std::strncat(path, "/", sizeof path - std::strlen(path) - 1);
    std::strncat(path, given, sizeof path - std::strlen(path) - 1);
  }
};

/// make(count) makes the call with so many bytes.
template <class Make>
ssize_t disturbed_write(const char* call, int fd, std::size_t count, const Make& make) {
  const std::size_t half = std::max<std::size_t>(count / 2, 1);
  switch (decide(call, fd)) {
    case Do::fail:
      return -1;
    case Do::shorten:
      return make(half);
    case Do::kill:
      if (count > 1) make(half);
      end();
    case Do::kill_after:
      make(count);
      end();
    default:
      return make(count);
  }
}

template <class Make>
int disturbed(Do what, const Make& make) {
  if (what == Do::fail) return -1;
  if (what == Do::kill) end();
  const int result = static_cast<int>(make());
  if (what == Do::kill_after) end();
  return result;
}

}  // namespace

extern "C" {

ssize_t write(int fd, const void* bytes, size_t count) {
  return disturbed_write("write", fd, count, [&](size_t n) { return ::syscall(SYS_write, fd, bytes, n); });
}
ssize_t pwrite(int fd, const void* bytes, size_t count, off_t at) {
  return disturbed_write("pwrite", fd, count, [&](size_t n) { return ::syscall(SYS_pwrite64, fd, bytes, n, at); });
}
ssize_t pwrite64(int fd, const void* bytes, size_t count, off64_t at) { return pwrite(fd, bytes, count, at); }
ssize_t writev(int fd, const iovec* parts, int count) {
  const size_t parts_given = static_cast<size_t>(count);
  return disturbed_write("writev", fd, parts_given, [&](size_t n) { return ::syscall(SYS_writev, fd, parts, n); });
}
ssize_t sendfile(int to, int from, off_t* at, size_t count) {
  return disturbed_write("sendfile", to, count, [&](size_t n) { return ::syscall(SYS_sendfile, to, from, at, n); });
}
ssize_t sendfile64(int to, int from, off64_t* at, size_t count) { return sendfile(to, from, at, count); }
ssize_t copy_file_range(int from, off64_t* from_at, int to, off64_t* to_at, size_t count, unsigned flags) {
  return disturbed_write("copy_file_range", to, count,
                         [&](size_t n) { return ::syscall(SYS_copy_file_range, from, from_at, to, to_at, n, flags); });
}
int fsync(int fd) {
  return disturbed(decide("fsync", fd), [&] { return ::syscall(SYS_fsync, fd); });
}
int fdatasync(int fd) {
  return disturbed(decide("fsync", fd), [&] { return ::syscall(SYS_fdatasync, fd); });
}
int ftruncate(int fd, off_t size) noexcept {
  return disturbed(decide("ftruncate", fd), [&] { return ::syscall(SYS_ftruncate, fd, size); });
}
int ftruncate64(int fd, off64_t size) noexcept { return ftruncate(fd, size); }
int rename(const char* from, const char* to) noexcept {
  return disturbed(decide("rename", Absolute(to).path),
                   [&] { return ::syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0); });
}
int flock(int fd, int operation) noexcept {
  if (!std::getenv("FAULTS_LOCKS")) return static_cast<int>(::syscall(SYS_flock, fd, operation));
  errno = ENOSYS;
  return -1;
}
int clock_gettime(clockid_t clock, timespec* now) noexcept {
  static std::atomic<int> looks = 0;
  const int result = static_cast<int>(::syscall(SYS_clock_gettime, clock, now));
  if (clock == CLOCK_REALTIME && std::getenv("FAULTS_CLOCK")) now->tv_sec += (++looks % 2 ? 1 : -1) * 365 * 86400L;
  return result;
}
time_t time(time_t* also) noexcept {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  if (also) *also = now.tv_sec;
  return now.tv_sec;
}
int gettimeofday(timeval* also, void*) noexcept {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  *also = {now.tv_sec, now.tv_nsec / 1000};
  return 0;
}
int mkdir(const char* path, mode_t mode) noexcept {
  return disturbed(decide("mkdir", Absolute(path).path), [&] { return ::syscall(SYS_mkdirat, AT_FDCWD, path, mode); });
}
int symlink(const char* to, const char* path) noexcept {
  return disturbed(decide("symlink", Absolute(path).path),
                   [&] { return ::syscall(SYS_symlinkat, to, AT_FDCWD, path); });
}
// The mode that follows the flags, if they ask for one.
#define MODE_OF(flags)                 \
  mode_t mode = 0;                     \
  if (flags & (O_CREAT | O_TMPFILE)) { \
    va_list more;                      \
    va_start(more, flags);             \
    mode = va_arg(more, mode_t);       \
    va_end(more);                      \
  }
int openat(int folder, const char* path, int flags, ...) {
  MODE_OF(flags)
  const auto open_it = [&] { return ::syscall(SYS_openat, folder, path, flags, mode); };
  if (!(flags & O_CREAT) || folder != AT_FDCWD) return static_cast<int>(open_it());
  return disturbed(decide("create", Absolute(path).path), open_it);
}
int open(const char* path, int flags, ...) {
  MODE_OF(flags)
  return openat(AT_FDCWD, path, flags, mode);
}
int open64(const char* path, int flags, ...) {
  MODE_OF(flags)
  return openat(AT_FDCWD, path, flags, mode);
}
}
