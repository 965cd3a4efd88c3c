#include "cli/stop_signal.hpp"

#include <unistd.h>

#include <csignal>
#include <ctime>

#include "cli/crash.hpp"
#include "plugins/ending.hpp"
#include "results/last_words.hpp"
#include "running/run.hpp"

namespace pipeline::cli {

namespace {

std::atomic<int> stop_signal = 0;

std::atomic<double> asked_to_end_at = 0;  // by INT or TERM

double now() {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

// The first signal lets every model finish its step. After that a second INT or TERM ends the program at once; batch
// systems may repeat USR1, and send TERM after it. Programs such as timeout send each signal twice at once, to the
// process and to its group: that counts as one.
void on_signal(int number) {
  const double time = now();
  if (stop_signal.exchange(number) == 0) ::alarm(running::kPatience);  // for a plugin that is called on the main thread
  if (number != SIGINT && number != SIGTERM) return;
  if (const double first = asked_to_end_at.exchange(time); first == 0 || time <= first + 0.02) return;
  results::run_was_stopped();
  pipeline::plugins::end_now(128 + number);
}

}  // namespace

const std::atomic<int>& listen_for_signals() {
  name_plugin_on_alarm();
  struct sigaction action {};
  action.sa_handler = on_signal;
  for (const int stops : {SIGINT, SIGTERM, SIGUSR1}) ::sigaction(stops, &action, nullptr);  // batch systems send USR1
  struct sigaction before {};
  ::sigaction(SIGHUP, nullptr, &before);
  if (before.sa_handler != SIG_IGN) ::sigaction(SIGHUP, &action, nullptr);  // nohup ignores it
  // If the reader of the output has exited (run | head), the results are still written to the folder.
  action.sa_handler = SIG_IGN;
  ::sigaction(SIGPIPE, &action, nullptr);
  return stop_signal;
}

}  // namespace pipeline::cli
