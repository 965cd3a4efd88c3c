#include "cli/crash.hpp"

#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <exception>

#include "cli/command.hpp"
#include "learning/speaking.hpp"

namespace pipeline::cli {

namespace {

std::atomic_flag someone_said_it;
bool on_terminal = false;

/// A message put together without allocating: nothing else is allowed in a signal handler.
class Message {
 public:
  Message& operator<<(const char* text) {
    for (; text && *text && size_ < sizeof text_; ++text) text_[size_++] = *text;
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
  void send() const {
    for (std::size_t at = 0; at < size_;) {
      const ssize_t n = ::write(STDERR_FILENO, text_ + at, size_ - at);
      if (n <= 0) return;
      at += static_cast<std::size_t>(n);
    }
  }

 private:
  char text_[2048];
  std::size_t size_ = 0;
};

const char* meaning(int number) {
  switch (number) {
    case SIGSEGV:
      return "SIGSEGV, it touches memory that is not there";
    case SIGBUS:
      return "SIGBUS, it touches memory that cannot be reached";
    case SIGFPE:
      return "SIGFPE, it divides whole numbers by zero";
    case SIGILL:
      return "SIGILL, the processor does not know an instruction";
    default:
      return "SIGABRT, it gives up";
  }
}

void say(const char* how, const char* words) {
  const learning::Speaker* who = learning::speaking;
  Message out;
  if (on_terminal) out << "\n";  // below a progress bar
  out << "error: ";
  if (who) {
    out << who->kind << " '" << who->name << "' ";
    if (*who->plugin) out << "(plugin " << who->plugin << ") ";
    out << how << " (" << words << ") in hook " << who->hook;
    if (*who->model) out << ", model " << who->model << ", step " << who->step;
    for (const learning::Speaker* caller = who->before; caller; caller = caller->before)
      out << "\n  called by " << caller->kind << " '" << caller->name << "', hook " << caller->hook;
    out << "\n  the program ends; what was written before is kept. Leave the plugin out to run without it.\n";
  } else {
    out << "the program " << how << " (" << words << ") outside every plugin's hook\n"
        << "  what was written before is kept. A plugin may have written past the end of its arrays: 'pipeline plugins "
           "test FILE.so' tries one\n";
  }
  out.send();
}

extern "C" void on_crash(int number) {
  // The first one speaks, and lives until the default action comes for everybody.
  if (!someone_said_it.test_and_set()) {
    say("crashes", meaning(number));
  } else if (number != SIGABRT) {
    // Two threads crash at once: the first has the word, and takes the process with it.
    ::sleep(1);
  }
  ::signal(number, SIG_DFL);
  ::raise(number);  // held back until this returns
}

[[noreturn]] void on_terminate() {
  if (!someone_said_it.test_and_set()) {
    const char* words = "std::terminate";
    std::exception_ptr thrown = std::current_exception();
    try {
      if (thrown) std::rethrow_exception(thrown);
    } catch (const std::exception& e) {
      words = e.what();
    } catch (...) {
      words = "what it throws is no std::exception";
    }
    say("throws where nothing may be thrown", words);
  }
  std::abort();
}

/// A run that ends like this has not finished, whatever code the hook gives.
void on_exit_of_a_hook() {
  if (!learning::speaking) return;
  if (!someone_said_it.test_and_set()) say("ends the program", "it calls exit");
  ::_exit(Exit::plugin_refused);
}

}  // namespace

void name_who_exits() {
  std::atexit(on_exit_of_a_hook);
  std::at_quick_exit(on_exit_of_a_hook);
}

void name_who_crashes() {
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
