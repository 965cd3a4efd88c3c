#include "cli/crash.hpp"

#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <exception>

#include "cli/command.hpp"
#include "plugins/call_scope.hpp"
#include "plugins/ending.hpp"
#include "results/last_words.hpp"

namespace pipeline::cli {

namespace {

std::atomic_flag message_sent;
bool on_terminal = false;

/// A message composed without allocating, as a signal handler must.
class Message {
 public:
  Message& operator<<(const char* text) {
    for (; text && *text && size_ + 1 < sizeof text_; ++text) text_[size_++] = *text;
    text_[size_] = 0;
    return *this;
  }
  Message& operator<<(std::uint64_t number) {
    char digits[21];
    char* at = digits + 20;
    *at = 0;
    do *--at = static_cast<char>('0' + number % 10);
    while (number /= 10);
    return *this << at;
  }
  const char* text() const { return text_; }
  void send() const {
    for (std::size_t at = 0; at < size_;) {
      const ssize_t n = ::write(STDERR_FILENO, text_ + at, size_ - at);
      if (n <= 0) return;
      at += static_cast<std::size_t>(n);
    }
  }

 private:
  char text_[2048] = "";
  std::size_t size_ = 0;
};

const char* meaning(int number) {
  switch (number) {
    case SIGSEGV:
      return "SIGSEGV, invalid memory access";
    case SIGBUS:
      return "SIGBUS, invalid memory access";
    case SIGFPE:
      return "SIGFPE, integer division by zero";
    case SIGILL:
      return "SIGILL, illegal instruction";
    default:
      return "SIGABRT, abort";
  }
}

/// "regulariser 'x' (plugin l2) crashes (SIGSEGV, invalid memory access) in hook H, model m, step 3"
void describe(Message& out, const pipeline::plugins::PluginCall& call, const char* does, const char* why) {
  out << call.kind << " '" << call.name << "' ";
  if (*call.plugin) out << "(plugin " << call.plugin << ") ";
  out << does;
  if (*why) out << " (" << why << ")";
  out << " in hook " << call.hook;
  if (*call.model) out << ", model " << call.model << ", step " << call.step;
}

void report(const char* how, const char* why) {
  const pipeline::plugins::PluginCall* call = pipeline::plugins::current_call;
  Message what, out;
  if (call) {
    describe(what, *call, how, why);
  } else {
    what << "the program " << how << " (" << why << ") outside any plugin's hook";
  }
  if (on_terminal) out << "\n";  // below a progress bar
  out << "error: " << what.text();
  if (call) {
    for (const pipeline::plugins::PluginCall* caller = call->caller; caller; caller = caller->caller)
      out << "\n  called by " << caller->kind << " '" << caller->name << "', hook " << caller->hook;
    out << "\n  the program ends; everything written so far is kept. Remove the plugin from the pipeline to run "
           "without it.\n";
  } else {
    out << "\n  everything written so far is kept. A plugin may have written past the end of its arrays: test it with "
           "'pipeline plugins test FILE.so'\n";
  }
  out.send();
  results::run_crashed(what.text());
}

extern "C" void on_alarm(int) {
  const int before = errno;
  if (const pipeline::plugins::PluginCall* call = pipeline::plugins::current_call) {
    Message out;
    if (on_terminal) out << "\n";
    describe(out, *call, "is still working", "");
    out << "\n  the run stops when it returns; send the signal again to end at once\n";
    out.send();
  }
  errno = before;
}

extern "C" void on_crash(int number) {
  // The first crash is reported; the default action then ends the process.
  if (!message_sent.test_and_set()) {
    report("crashes", meaning(number));
  } else if (number != SIGABRT) {
    // Two threads crash at once: the first one reports and ends the process.
    ::sleep(1);  // NOLINT(concurrency-mt-unsafe): no alarm is set
  }
  pipeline::plugins::current_call = nullptr;  // what follows is not the plugin's doing
  ::signal(number, SIG_DFL);
  ::raise(number);  // delivered when this returns
}

[[noreturn]] void on_terminate() {
  if (!message_sent.test_and_set()) {
    const char* why = "std::terminate";
    std::exception_ptr thrown = std::current_exception();
    try {
      if (thrown) std::rethrow_exception(thrown);
    } catch (const std::exception& e) {
      why = e.what();
    } catch (...) {
      why = "the exception is not a std::exception";
    }
    report("throws where no exception is allowed", why);
  }
  std::abort();
}

/// A run that ends like this has not finished, whatever exit code was passed.
void on_end(const char* function, int) {
  const bool in_a_hook = pipeline::plugins::current_call;
  Message why;
  why << (in_a_hook ? "it calls " : "something calls ") << function;
  if (!message_sent.test_and_set())
    report(in_a_hook ? "ends the program" : "is ended", why.text());
  else
    ::sleep(1);  // NOLINT(concurrency-mt-unsafe): no alarm is set; another thread reports a crash
  pipeline::plugins::end_now(Exit::plugin_refused);
}

}  // namespace

void name_plugin_on_exit() { pipeline::plugins::when_ended_by_a_plugin(on_end); }

void name_plugin_on_alarm() {
  struct sigaction action {};
  action.sa_handler = on_alarm;
  action.sa_flags = SA_RESTART | SA_ONSTACK;
  ::sigaction(SIGALRM, &action, nullptr);
}

void name_plugin_on_crash() {
  on_terminal = ::isatty(STDERR_FILENO) == 1;
  struct sigaction action {};
  action.sa_handler = on_crash;
  action.sa_flags = SA_ONSTACK;
  const int numbers[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
  for (const int n : numbers) ::sigaddset(&action.sa_mask, n);  // a crash in the handler ends at once
  for (const int n : numbers) ::sigaction(n, &action, nullptr);
  std::set_terminate(on_terminate);
}

}  // namespace pipeline::cli
