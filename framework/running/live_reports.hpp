// The reports of one run, with the steps at which they are due.
#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <vector>

#include "running/load_data.hpp"
#include "running/run.hpp"

namespace pipeline::running {

class LiveReports {
 public:
  LiveReports(const experiment::Pipeline& pipeline, std::shared_ptr<const LoadedData> loaded, Observer& observer);
  bool empty() const { return reports_.empty(); }
  /// Those up to this step have been written already.
  void continue_after(std::uint64_t step);
  /// Writes those whose step is before `horizon` and has rows: up to `last`, never for a step that no model reached.
  /// Calls `publish` before each, which makes the measurements readable.
  void write_due(const std::filesystem::path& folder, std::uint64_t horizon, std::uint64_t last,
                 const std::function<void()>& publish);
  /// Writes those that want to be written again after some time, likewise. What takes long is written less often.
  void write_timely(const std::filesystem::path& folder, std::uint64_t last, const std::function<void()>& publish);
  /// Writes all for the last time. False, after warnings, if some failed.
  bool write_last(const std::filesystem::path& folder, std::uint64_t step);

 private:
  struct LiveReport {
    const experiment::ReportConfig* config;
    std::shared_ptr<const Report> report;
    std::uint64_t due;                           // the next step at which it is written
    double seconds_between = 0;                  // 0: at those steps only
    std::chrono::steady_clock::time_point next;  // then not before this time
  };
  bool write(const LiveReport& report, const std::filesystem::path& folder, const Occasion& occasion);

  std::uint64_t steps_;
  std::shared_ptr<const LoadedData> loaded_;
  Observer& observer_;
  std::vector<LiveReport> reports_;
};

}  // namespace pipeline::running
