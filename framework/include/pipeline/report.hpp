// A report turns the results of a run into something to read or look at, while it runs and when it ends.
//
//   may assume   the run folder's files are complete up to `step`; parameters are set and checked
//   must do      write only below its own names in the run folder
//   must not     print: what it has to say is returned; end the run: an exception becomes a warning
#pragma once
#include <string>
#include <vector>

#include <pipeline/parameters.hpp>
#include <pipeline/plugin.hpp>
#include <pipeline/results.hpp>
#include <pipeline/sweep_results.hpp>

namespace pipeline {

/// Why a report is written now.
struct Occasion {
  std::uint64_t step = 0;  // rows up to this step are there
  bool final = false;      // the last time, after all training
};

/// What a report has to say: lines to print, and warnings.
struct ReportOutput {
  std::vector<std::string> lines = {}, warnings = {};
};

class PIPELINE_API Report {
 public:
  virtual ~Report() = default;
  virtual void declare(Parameters&) {}
  /// Throws Misfit where a parameter does not fit the [metric:NAME] sections, which are named in file order. Called
  /// before any work.
  virtual void check(const std::vector<std::string>& /*metrics*/) const {}
  /// Writes its files.
  virtual ReportOutput write(const RunResults& results, const Occasion& occasion) const = 0;
  /// The seconds between two times that it wants to be written during the run, besides those of `every`; 0: none. It is
  /// written less often where that takes more than a fiftieth of the run's time.
  virtual double seconds_between() const { return 0; }
  /// The one file that people open, where the report writes one for runs and for sweeps: "report.html". Those are what
  /// `pipeline report` writes, and what a sweep writes when it ends. Empty: none.
  virtual std::string page_file() const { return ""; }
  /// The main curves of a run as lines of text, at most so many columns wide, for `pipeline report --terminal`. No lines:
  /// the report draws none.
  virtual ReportOutput text(const RunResults&, std::size_t /*columns*/) const { return {}; }
  /// Writes the page of a sweep, in its folder.
  virtual ReportOutput write_sweep(const SweepResults&) const { return {}; }
};

}  // namespace pipeline

#define PIPELINE_REPORT(CLASS, NAME, SUMMARY) PIPELINE_EXPORT(report, pipeline::Report, CLASS, NAME, SUMMARY)
