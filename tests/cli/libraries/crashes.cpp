// Plugins that end the process from inside a hook, once the earlier measurements have been written to disk.
#include <pipeline/dataset.hpp>
#include <pipeline/metric.hpp>
#include <pipeline/regulariser.hpp>
#include <pipeline/report.hpp>

#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <thread>

namespace {
using namespace pipeline;

/// Endless recursion. The volatile array prevents the compiler from turning it into a loop.
int deeper(volatile int* above) {
  volatile int here[1024] = {*above};
  return deeper(here) + here[0];
}

void throws() { throw std::runtime_error("the moon is full"); }
void promises_not_to_throw() noexcept { throws(); }

struct HookCrashes final : Regulariser, GradientChange {
  std::string way = "segv", rows, row;

  void declare(Parameters& p) override {
    p.choice("way", way, {"segv", "fpe", "ill", "bus", "abort", "terminate", "stack", "exit", "quick_exit", "hang"},
             "how the process ends");
    p.text("rows", rows, "the metrics.csv to wait for");
    p.text("row", row, "the row to wait for in it");
  }
  void change(std::span<const float>, std::span<float>, const Tile&, const Step& step) const override {
    if (step.number != 300) return;
    while (!written()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    end();
  }
  bool written() const {
    std::ifstream in(rows);
    return std::string(std::istreambuf_iterator<char>(in), {}).find(row) != std::string::npos;
  }
  void end() const {
    if (way == "segv") ::raise(SIGSEGV);
    if (way == "fpe") ::raise(SIGFPE);
    if (way == "ill") ::raise(SIGILL);
    if (way == "bus") ::raise(SIGBUS);
    if (way == "abort") std::abort();
    if (way == "terminate") promises_not_to_throw();
    if (way == "exit") std::exit(0);
    if (way == "quick_exit") std::quick_exit(0);
    if (way == "hang") {
      std::ofstream(rows + ".hangs").put('\n');
      for (;;) ::pause();
    }
    volatile int top = 1;
    if (way == "stack") deeper(&top);
  }
};

struct MeasureCrashes final : Metric {
  MetricInfo describe() const override { return {}; }
  void measure(const Evaluation& e, Results& out) const override {
    if (e.step() == 10) ::raise(SIGSEGV);
    out.value(1);
  }
};

/// Crashes on one of the threads that help it to load.
struct ParallelCrashes final : Dataset {
  Data load(const DataAccess& access) const override {
    const std::thread::id caller = std::this_thread::get_id();
    access.parallel(1000, [&](std::size_t) {
      if (std::this_thread::get_id() != caller) ::raise(SIGSEGV);
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    });
    return {};
  }
};

/// Recurses without end on such a thread.
struct ParallelRecurses final : Dataset {
  Data load(const DataAccess& access) const override {
    const std::thread::id caller = std::this_thread::get_id();
    access.parallel(1000, [&](std::size_t) {
      volatile int top = 1;
      if (std::this_thread::get_id() != caller) deeper(&top);
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    });
    return {};
  }
};

struct ReportCrashes final : Report {
  ReportOutput write(const RunResults&, const Occasion&) const override { std::abort(); }
};
}  // namespace

PIPELINE_REGULARISER(HookCrashes, hook_crashes, "ends the process at step 300")
PIPELINE_DATASET(ParallelCrashes, parallel_crashes, "ends the process on a helper thread")
PIPELINE_DATASET(ParallelRecurses, parallel_recurses, "runs out of stack on a helper thread")
PIPELINE_METRIC(MeasureCrashes, measure_crashes, "ends the process at step 10")
PIPELINE_REPORT(ReportCrashes, report_crashes, "ends the process when it is written")
