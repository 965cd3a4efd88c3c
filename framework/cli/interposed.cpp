// Functions of the C library that end the process, or change it for everybody. The loader finds a function in the
// program before it looks into libraries, so plugins call these. They tell the engine and go on to the real ones.
//
// A plugin that makes such a system call by itself, in assembler, is not seen.
#include <dlfcn.h>
#include <pthread.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <clocale>
#include <csignal>
#include <cstdarg>
#include <cstdlib>
#include <vector>

#include "plugins/call_scope.hpp"
#include "plugins/ending.hpp"
#include "plugins/process_state.hpp"

using pipeline::plugins::about_to_end_the_process;
using pipeline::plugins::Shared;

namespace {

/// The C library's own function of this name, looked up once. Without a static variable that needs a lock: sanitizers
/// call these functions before they are ready for one.
template <class Function>
Function* real(Function*, const char* name, std::atomic<void*>& known) {
  void* found = known.load(std::memory_order_relaxed);
  if (!found) known.store(found = ::dlsym(RTLD_NEXT, name), std::memory_order_relaxed);
  return reinterpret_cast<Function*>(found);
}
#define REAL(function)                                   \
  [] {                                                   \
    static constinit std::atomic<void*> known = nullptr; \
    return real(&(function), #function, known);          \
  }()

/// Tested here already: this file alone is compiled without sanitizers, which are not ready for others at the start.
void about_to_change(Shared kind) {
  if (pipeline::plugins::current_call) pipeline::plugins::about_to_change_the_process(kind);
}

/// A program may replace itself by another one; a plugin may not replace it.
void about_to_be_replaced(const char* function) {
  if (pipeline::plugins::current_call) about_to_end_the_process(function, 0);
}

/// A plugin calls the system without the C library's function for it.
void about_to_call_the_system(long number, const long* a) {
  switch (number) {
    case SYS_exit:  // of the thread, as in pthread_exit()
      return about_to_end_the_process("the system call exit", static_cast<int>(a[0]));
    case SYS_execve:
      return about_to_be_replaced("the system call execve");
    case SYS_execveat:
      return about_to_be_replaced("the system call execveat");
    case SYS_chdir:
    case SYS_fchdir:
      return about_to_change(Shared::folder);
    case SYS_umask:
      return about_to_change(Shared::umask);
    case SYS_rt_sigaction:
      return a[1] ? about_to_change(Shared::handlers) : void();
    case SYS_rt_sigprocmask:
      return a[1] ? about_to_change(Shared::blocked_signals) : void();
    case SYS_sigaltstack:
      return a[0] ? about_to_change(Shared::signal_stack) : void();
    case SYS_setrlimit:
      return about_to_change(Shared::limits);
    case SYS_prlimit64:
      return a[2] ? about_to_change(Shared::limits) : void();
  }
}

// Signal handlers use these two, so they are looked up at the start.
constinit std::atomic<void*> system_call = nullptr, set_handler = nullptr;
auto real_syscall() { return real(&::syscall, "syscall", system_call); }
auto real_signal() { return real(&::signal, "signal", set_handler); }
[[maybe_unused]] const bool are_ready = real_syscall() && real_signal();

}  // namespace

extern "C" {

// The ends of the process.

void exit(int code) noexcept {
  about_to_end_the_process("exit", code);
  REAL(exit)(code);
  std::abort();
}

void _exit(int code) {
  about_to_end_the_process("_exit", code);
  real_syscall()(SYS_exit_group, code);
  std::abort();
}

void _Exit(int code) noexcept { ::_exit(code); }

void quick_exit(int code) noexcept {
  about_to_end_the_process("quick_exit", code);
  REAL(quick_exit)(code);
  std::abort();
}

void pthread_exit(void* value) {
  if (pipeline::plugins::current_call) about_to_end_the_process("pthread_exit", 0);
  REAL(pthread_exit)(value);
  std::abort();
}

long syscall(long number, ...) {
  va_list rest;
  va_start(rest, number);
  long a[6];
  for (long& x : a) x = va_arg(rest, long);
  va_end(rest);
  if (number == SYS_exit_group) about_to_end_the_process("exit_group", static_cast<int>(a[0]));
  if (pipeline::plugins::current_call) about_to_call_the_system(number, a);
  return real_syscall()(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

int daemon(int stay, int keep) noexcept {
  about_to_be_replaced("daemon");
  return REAL(daemon)(stay, keep);
}

int execve(const char* path, char* const words[], char* const variables[]) noexcept {
  about_to_be_replaced("execve");
  return REAL(execve)(path, words, variables);
}
int execv(const char* path, char* const words[]) noexcept {
  about_to_be_replaced("execv");
  return REAL(execv)(path, words);
}
int execvp(const char* file, char* const words[]) noexcept {
  about_to_be_replaced("execvp");
  return REAL(execvp)(file, words);
}
int execvpe(const char* file, char* const words[], char* const variables[]) noexcept {
  about_to_be_replaced("execvpe");
  return REAL(execvpe)(file, words, variables);
}
int execveat(int folder, const char* path, char* const words[], char* const variables[], int flags) noexcept {
  about_to_be_replaced("execveat");
  return REAL(execveat)(folder, path, words, variables, flags);
}
int fexecve(int file, char* const words[], char* const variables[]) noexcept {
  about_to_be_replaced("fexecve");
  return REAL(fexecve)(file, words, variables);
}

// With a list of words that ends with a null pointer, and for execle() the variables after it.
#define LISTED(rest, first, words)                       \
  va_list rest;                                          \
  va_start(rest, first);                                 \
  std::vector<char*> words = {const_cast<char*>(first)}; \
  while (words.back()) words.push_back(va_arg(rest, char*));

int execl(const char* path, const char* first, ...) noexcept {
  LISTED(rest, first, words)
  va_end(rest);
  return ::execv(path, words.data());
}
int execlp(const char* file, const char* first, ...) noexcept {
  LISTED(rest, first, words)
  va_end(rest);
  return ::execvp(file, words.data());
}
int execle(const char* path, const char* first, ...) noexcept {
  LISTED(rest, first, words)
  char* const* const variables = va_arg(rest, char* const*);
  va_end(rest);
  return ::execve(path, words.data(), variables);
}

// Changes of the process. Called without a new value, these functions only tell the present one.

int chdir(const char* folder) noexcept {
  about_to_change(Shared::folder);
  return REAL(chdir)(folder);
}
int fchdir(int folder) noexcept {
  about_to_change(Shared::folder);
  return REAL(fchdir)(folder);
}
mode_t umask(mode_t mask) noexcept {
  about_to_change(Shared::umask);
  return REAL(umask)(mask);
}
char* setlocale(int category, const char* locale) noexcept {
  if (locale) about_to_change(Shared::locale);
  return REAL(setlocale)(category, locale);
}
locale_t uselocale(locale_t locale) noexcept {
  if (locale) about_to_change(Shared::thread_locale);
  return REAL(uselocale)(locale);
}
int setenv(const char* name, const char* value, int replace) noexcept {
  about_to_change(Shared::environment);
  return REAL(setenv)(name, value, replace);
}
int unsetenv(const char* name) noexcept {
  about_to_change(Shared::environment);
  return REAL(unsetenv)(name);
}
int putenv(char* setting) noexcept {
  about_to_change(Shared::environment);
  return REAL(putenv)(setting);
}
int clearenv() noexcept {
  about_to_change(Shared::environment);
  return REAL(clearenv)();
}
int sigaction(int number, const struct sigaction* action, struct sigaction* before) noexcept {
  if (action) about_to_change(Shared::handlers);
  return REAL(sigaction)(number, action, before);
}
sighandler_t signal(int number, sighandler_t handler) noexcept {
  about_to_change(Shared::handlers);
  return real_signal()(number, handler);
}
int sigaltstack(const stack_t* stack, stack_t* before) noexcept {
  if (stack) about_to_change(Shared::signal_stack);
  return REAL(sigaltstack)(stack, before);
}
int pthread_sigmask(int how, const sigset_t* set, sigset_t* before) noexcept {
  if (set) about_to_change(Shared::blocked_signals);
  return REAL(pthread_sigmask)(how, set, before);
}
int sigprocmask(int how, const sigset_t* set, sigset_t* before) noexcept {
  if (set) about_to_change(Shared::blocked_signals);
  return REAL(sigprocmask)(how, set, before);
}
int setrlimit(__rlimit_resource_t resource, const rlimit* limits) noexcept {
  about_to_change(Shared::limits);
  return REAL(setrlimit)(resource, limits);
}
int setrlimit64(__rlimit_resource_t resource, const rlimit64* limits) noexcept {
  about_to_change(Shared::limits);
  return REAL(setrlimit64)(resource, limits);
}
int prlimit(pid_t process, __rlimit_resource resource, const rlimit* limits, rlimit* before) noexcept {
  if (limits) about_to_change(Shared::limits);
  return REAL(prlimit)(process, resource, limits, before);
}
int prlimit64(pid_t process, __rlimit_resource resource, const rlimit64* limits, rlimit64* before) noexcept {
  if (limits) about_to_change(Shared::limits);
  return REAL(prlimit64)(process, resource, limits, before);
}

}  // extern "C"
