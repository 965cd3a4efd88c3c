// Plugins that take the process along from inside a hook, once what was measured before stands on the disk.
#include <pipeline/metric.hpp>
#include <pipeline/regulariser.hpp>
#include <pipeline/report.hpp>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <thread>

namespace {
using namespace pipeline;

/// Keeps the compiler from turning the recursion into a loop.
int deeper(volatile int* above) {
  volatile int here[1024] = {*above};
  return deeper(here) + here[0];
}

void throws() { throw std::runtime_error("the moon is full"); }
void promises_not_to_throw() noexcept { throws(); }

struct HookCrashes final : Regulariser, GradientChange {
  std::string way = "segv", rows, row;

  void declare(Parameters& p) override {
    p.choice("way", way, {"segv", "fpe", "ill", "bus", "abort", "terminate", "stack", "exit", "quick_exit"},
             "how it ends");
    p.text("rows", rows, "the metrics.csv that must be written so far first");
    p.text("row", row, "as far as this row");
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

struct ReportCrashes final : Report {
  std::vector<std::string> write(const RunResults&, const Occasion&) const override { std::abort(); }
};
}  // namespace

PIPELINE_REGULARISER(HookCrashes, hook_crashes, "ends the process at step 300")
PIPELINE_METRIC(MeasureCrashes, measure_crashes, "ends the process at step 10")
PIPELINE_REPORT(ReportCrashes, report_crashes, "ends the process when it is written")
