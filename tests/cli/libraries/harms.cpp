// Libraries that harm the process that loads them: one source, and one library per kind of harm (see CMakeLists.txt).
#include <pipeline/regulariser.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>

namespace {
using namespace pipeline;

[[maybe_unused]] void crash() { ::raise(SIGSEGV); }
[[maybe_unused]] void hang() {
  for (;;) ::pause();
}

/// Leaves a child process behind that keeps a file locked as long as it runs.
[[maybe_unused]] void leave_one_behind() {
  const int file = ::open(std::getenv("HARMS_LOCK"), O_RDWR | O_CREAT, 0666);
  if (file < 0 || ::flock(file, LOCK_EX) != 0) ::_exit(1);
  if (::fork() != 0) return;
  ::alarm(60);
  hang();
}

struct AtStart {
  AtStart() {
#if defined(CRASHES_LOADING)
    crash();
#elif defined(HANGS_LOADING)
    hang();
#elif defined(FORKS_LOADING)
    leave_one_behind();
#elif defined(FORKS_AND_HANGS_LOADING)
    leave_one_behind();
    hang();
#elif defined(IS_REPLACED_LOADING)
    if (const char* other = std::getenv("HARMS_REPLACEMENT")) ::rename(other, std::getenv("HARMS_FILE"));
#elif defined(IS_TOUCHED_LOADING)
    if (std::string(program_invocation_short_name) != "probe")
      ::utimensat(AT_FDCWD, std::getenv("HARMS_FILE"), nullptr, 0);
#elif defined(CHANGES_LOADING)
    ::umask(0777);
#elif defined(EXITS_LOADING)
    ::_exit(7);
#elif defined(THROWS_LOADING)
    throw std::runtime_error("no licence found");
#endif
  }
  ~AtStart() {
#if defined(CRASHES_ENDING)
    crash();
#endif
  }
} at_start;

struct Harms final : Regulariser, GradientChange {
  Harms() {
#if defined(CRASHES_MAKING)
    crash();
#endif
  }
  void declare(Parameters&) override {
#if defined(HANGS_DECLARING)
    hang();
#endif
  }
  void change(std::span<const float>, std::span<float>, const Tile&, const Step&) const override {}
};

/// Does no harm itself, but is in the same library.
struct Neighbour final : Regulariser, GradientChange {
  void change(std::span<const float>, std::span<float>, const Tile&, const Step&) const override {}
};
}  // namespace

PIPELINE_REGULARISER(Harms, harms, "harms the process that loads it")
PIPELINE_REGULARISER(Neighbour, neighbour, "shares a library with a harmful plugin")
