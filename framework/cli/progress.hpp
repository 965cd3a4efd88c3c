// Progress of a run or a download: a bar and a curve for each model on a terminal, else a line now and then, or JSON.
#pragma once
#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "cli/text_curve.hpp"
#include "running/run.hpp"
#include "sweep/pool.hpp"

namespace pipeline::cli {

/// "25 s", "3 min 20 s", "1 h 5 min"
std::string duration(double seconds);
/// How wide the terminal at this descriptor is; 80 where there is none.
std::size_t terminal_columns(int descriptor);

enum class ProgressStyle { bar, line, json, none };
/// "auto" is a bar if standard error is a terminal, else lines. Throws UsageError for an unknown word.
ProgressStyle progress_style(const std::string& word);

class RunProgress {
 public:
  RunProgress(ProgressStyle style, std::string value_name) : style_(style), value_name_(std::move(value_name)) {}
  void show(const std::vector<running::ModelProgress>& models, std::uint64_t steps, double seconds);
  RunProgress(const RunProgress&) = delete;
  ~RunProgress() { clear(); }
  /// Erases bar and curves before something else is printed.
  void clear();

 private:
  using Clock = std::chrono::steady_clock;
  bool is_time();
  std::vector<std::string> curve_lines(const std::vector<running::ModelProgress>& models) const;
  std::string erased();
  ProgressStyle style_;
  std::string value_name_;
  bool utf8_ = shows_utf8();
  std::map<std::string, TextCurve> curves_;  // by model
  std::size_t lines_drawn_ = 0;
  Clock::time_point last_ = Clock::now();
  double next_after_ = 0;
};

/// Of all jobs of a sweep together.
class SweepProgressShown {
 public:
  explicit SweepProgressShown(ProgressStyle style) : style_(style) {}
  SweepProgressShown(const SweepProgressShown&) = delete;
  ~SweepProgressShown() { clear(); }
  void show(const sweep::SweepProgress& progress);
  void clear();

 private:
  using Clock = std::chrono::steady_clock;
  ProgressStyle style_;
  bool bar_drawn_ = false;
  Clock::time_point last_ = Clock::now();
  double next_after_ = 0;
};

/// Silent unless the style is a bar, lines or JSON. Ends its line on destruction, so also after an error.
class FetchProgress {
 public:
  explicit FetchProgress(ProgressStyle style) : style_(style) {}
  FetchProgress(const FetchProgress&) = delete;
  ~FetchProgress() { end(); }
  void show(const std::string& file, std::uint64_t have, std::uint64_t total);
  void end();

 private:
  ProgressStyle style_;
  std::string file_;
  std::uint64_t shown_ = 0;
};

}  // namespace pipeline::cli
