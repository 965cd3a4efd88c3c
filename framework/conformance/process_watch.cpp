#include "conformance/process_watch.hpp"

#include <fcntl.h>
#include <unistd.h>

#include "plugins/call_scope.hpp"

namespace pipeline::conformance {

namespace {

/// A plugin may have closed one before, in the trial of another law.
void open_standard_streams() {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (::fcntl(fd, F_GETFD) < 0 && ::open("/dev/null", O_RDWR) < 0) throw Skip("/dev/null cannot be opened");
}

}  // namespace

ProcessWatch::ProcessWatch(Findings& findings)
    : findings_(findings), before_((open_standard_streams(), plugins::ProcessState::now())) {}

void ProcessWatch::after(const std::string& call) {
  const std::string changed = before_.difference(plugins::ProcessState::now());
  if (changed.empty()) return;
  before_.restore();
  findings_.fail(call + " " + plugins::LeftChanged(changed).what());
}

}  // namespace pipeline::conformance
