#include "plugins/process_state.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

extern char** environ;

namespace pipeline::plugins {

namespace {

bool includes(Shared kinds, Shared kind) { return static_cast<unsigned>(kinds) & static_cast<unsigned>(kind); }

/// Linux tells it without setting it: another thread may be creating a file. Without a stream, which has a locale.
mode_t current_umask() {
  char text[4096] = {};
  const int file = ::open("/proc/self/status", O_RDONLY | O_CLOEXEC);
  const bool is_read = file >= 0 && ::read(file, text, sizeof text - 1) > 0;
  ::close(file);
  const char* const found = is_read ? std::strstr(text, "\nUmask:") : nullptr;
  return found ? static_cast<mode_t>(std::strtoul(found + 7, nullptr, 8)) : 0;
}

std::string current_folder() {
  char* const path = ::getcwd(nullptr, 0);
  std::string folder = path ? path : "";
  std::free(path);
  return folder;
}

bool same_handler(const struct sigaction& a, const struct sigaction& b) {
  return a.sa_flags == b.sa_flags &&
         (a.sa_flags & SA_SIGINFO ? a.sa_sigaction == b.sa_sigaction : a.sa_handler == b.sa_handler);
}

bool same_set(const sigset_t& a, const sigset_t& b) {
  for (int n = 1; n <= 64; ++n)
    if (::sigismember(&a, n) != ::sigismember(&b, n)) return false;
  return true;
}

std::string name_of_signal(int number) {
  const char* name = ::sigabbrev_np(number);
  return name ? "SIG" + std::string(name) : "signal " + std::to_string(number);
}

std::string name_of_variable(const std::string& setting) { return setting.substr(0, setting.find('=')); }

/// "A, B and C"
std::string listed(const std::vector<std::string>& all) {
  std::string out;
  for (std::size_t i = 0; i < all.size(); ++i) out += (i == 0 ? "" : i + 1 == all.size() ? " and " : ", ") + all[i];
  return out;
}

/// The settings that only one of two sorted lists has.
std::vector<std::string> only_in(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  std::vector<std::string> out;
  std::ranges::set_difference(a, b, std::back_inserter(out));
  return out;
}

}  // namespace

ProcessState::ProcessState(const std::locale& of_streams) : stream_locale_(of_streams) {
  folder_ = current_folder();
  locale_ = std::setlocale(LC_ALL, nullptr);  // NOLINT(concurrency-mt-unsafe): only asked
  thread_locale_ = ::uselocale({});
  umask_ = current_umask();
  for (int n = 1; n <= kSignals; ++n) ::sigaction(n, nullptr, &handlers_.at(static_cast<std::size_t>(n)));
  ::pthread_sigmask(SIG_SETMASK, nullptr, &blocked_);
  ::sigaltstack(nullptr, &signal_stack_);
  for (char** setting = environ; setting && *setting; ++setting) environment_.emplace_back(*setting);
  std::ranges::sort(environment_);
  for (int fd = 0; fd < 3; ++fd) {
    struct stat status {};
    if (::fstat(fd, &status) == 0) streams_.at(static_cast<std::size_t>(fd)) = {status.st_dev, status.st_ino, true};
  }
  for (std::size_t i = 0; i < limits_.size(); ++i) ::getrlimit(static_cast<__rlimit_resource_t>(i), &limits_.at(i));
}

std::string ProcessState::difference(const ProcessState& later, Shared kind) const {
  std::vector<std::string> out;
  const auto add = [&](Shared what, bool same, const std::string& name) {
    if (includes(kind, what) && !same && std::ranges::find(out, name) == out.end()) out.push_back(name);
  };
  add(Shared::folder, folder_ == later.folder_, "the working directory");
  add(Shared::locale, locale_ == later.locale_ && stream_locale_ == later.stream_locale_, "the locale");
  add(Shared::thread_locale, thread_locale_ == later.thread_locale_, "the locale");
  add(Shared::umask, umask_ == later.umask_, "the umask");
  for (std::size_t n = 1; n < handlers_.size(); ++n)
    add(Shared::handlers, same_handler(handlers_[n], later.handlers_[n]),
        "the handler of " + name_of_signal(static_cast<int>(n)));
  add(Shared::blocked_signals, same_set(blocked_, later.blocked_), "which signals are blocked");
  add(Shared::signal_stack,
      signal_stack_.ss_sp == later.signal_stack_.ss_sp && signal_stack_.ss_size == later.signal_stack_.ss_size,
      "the stack for signal handlers");
  for (const auto& settings : {only_in(environment_, later.environment_), only_in(later.environment_, environment_)})
    for (const std::string& setting : settings)
      add(Shared::environment, false, "the environment variable " + name_of_variable(setting));
  const char* const streams[] = {"input", "output", "error"};
  for (std::size_t i = 0; i < streams_.size(); ++i)
    add(Shared::streams, streams_[i] == later.streams_[i], std::string("what standard ") + streams[i] + " is");
  const auto same_limit = [](const rlimit& a, const rlimit& b) {
    return a.rlim_cur == b.rlim_cur && a.rlim_max == b.rlim_max;
  };
  add(Shared::limits, std::ranges::equal(limits_, later.limits_, same_limit), "a resource limit");
  return listed(out);
}

// NOLINTBEGIN(concurrency-mt-unsafe): what is set here, a plugin has just set in the same way
void ProcessState::restore(Shared kind) const {
  const ProcessState changed = now();
  const auto restores = [&](Shared what, bool differs) { return includes(kind, what) && differs; };
  if (restores(Shared::folder, changed.folder_ != folder_) && ::chdir(folder_.c_str()) != 0) {
    // It was removed meanwhile; there is nowhere to go back to.
  }
  if (restores(Shared::locale, changed.stream_locale_ != stream_locale_)) std::locale::global(stream_locale_);
  if (restores(Shared::locale, changed.locale_ != locale_)) std::setlocale(LC_ALL, locale_.c_str());
  if (restores(Shared::thread_locale, changed.thread_locale_ != thread_locale_)) ::uselocale(thread_locale_);
  if (restores(Shared::umask, changed.umask_ != umask_)) ::umask(umask_);
  for (std::size_t n = 1; n < handlers_.size(); ++n)
    if (restores(Shared::handlers, !same_handler(handlers_[n], changed.handlers_[n])))
      ::sigaction(static_cast<int>(n), &handlers_[n], nullptr);
  if (restores(Shared::blocked_signals, true)) ::pthread_sigmask(SIG_SETMASK, &blocked_, nullptr);
  if (restores(Shared::signal_stack, changed.signal_stack_.ss_sp != signal_stack_.ss_sp))
    ::sigaltstack(&signal_stack_, nullptr);
  if (includes(kind, Shared::environment)) {
    for (const std::string& setting : only_in(changed.environment_, environment_))
      ::unsetenv(name_of_variable(setting).c_str());
    for (const std::string& setting : only_in(environment_, changed.environment_)) {
      const std::string name = name_of_variable(setting);
      if (name.size() < setting.size()) ::setenv(name.c_str(), setting.c_str() + name.size() + 1, 1);
    }
  }
  for (std::size_t i = 0; i < limits_.size(); ++i)
    if (restores(Shared::limits, limits_[i].rlim_cur != changed.limits_[i].rlim_cur))
      ::setrlimit(static_cast<__rlimit_resource_t>(i), &limits_[i]);
}
// NOLINTEND(concurrency-mt-unsafe)

}  // namespace pipeline::plugins
