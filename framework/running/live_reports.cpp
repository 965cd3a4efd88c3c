#include "running/live_reports.hpp"

#include "results/run_results.hpp"

namespace pipeline::running {

using Clock = std::chrono::steady_clock;

LiveReports::LiveReports(const experiment::Pipeline& p, std::shared_ptr<const LoadedData> loaded, Observer& observer)
    : steps_(p.steps), loaded_(std::move(loaded)), observer_(observer) {
  for (const experiment::ReportConfig& r : p.reports) {
    reports_.push_back({&r, r.plugin.make(), r.every ? 0 : p.steps + 1, 0, Clock::now()});
    LiveReport& report = reports_.back();
    report.seconds_between = plugins::call({"report", r.plugin.name.c_str(), "Report::seconds_between", "", 0},
                                           [&] { return report.report->seconds_between(); });
  }
}

void LiveReports::continue_after(std::uint64_t step) {
  for (LiveReport& r : reports_)
    while (r.due <= step && r.due <= steps_) r.due += r.config->every;
}

void LiveReports::write_due(const std::filesystem::path& folder, std::uint64_t horizon, std::uint64_t last,
                            const std::function<void()>& publish) {
  for (LiveReport& r : reports_)
    for (; r.due < horizon && r.due <= last && r.due < steps_; r.due += r.config->every) {
      publish();
      write(r, folder, {r.due, false});
    }
}

void LiveReports::write_timely(const std::filesystem::path& folder, std::uint64_t last,
                               const std::function<void()>& publish) {
  constexpr int share = 50;  // of the run's time, one part is spent here at most
  for (LiveReport& r : reports_) {
    const Clock::time_point began = Clock::now();
    if (!(r.seconds_between > 0) || began < r.next) continue;
    publish();
    write(r, folder, {last, false});
    const Clock::time_point now = Clock::now();
    r.next = now + std::max<Clock::duration>(std::chrono::duration_cast<Clock::duration>(
                                                 std::chrono::duration<double>(std::min(r.seconds_between, 1e9))),
                                             share * (now - began));
  }
}

bool LiveReports::write_last(const std::filesystem::path& folder, std::uint64_t step) {
  bool all = true;
  for (const LiveReport& r : reports_) all &= write(r, folder, {step, true});
  return all;
}

bool LiveReports::write(const LiveReport& r, const std::filesystem::path& folder, const Occasion& occasion) {
  const std::string& plugin = r.config->plugin.name;
  try {
    const auto results =
        results::open_run(folder, [&] { return std::shared_ptr<const Data>(loaded_, &loaded_->data); });
    const ReportOutput output = plugins::call({"report", plugin.c_str(), "Report::write", "", occasion.step},
                                              [&] { return r.report->write(*results, occasion); });
    observer_.lines(output.lines);
    for (const std::string& warning : output.warnings) observer_.warning(warning);
    return true;
  } catch (...) {
    observer_.warning(plugins::title(plugins::PluginKind::report, plugin) + " in [report:" + r.config->name + "] (" +
                      base::location(r.config->word.place) + ") failed: " + plugins::what_was_thrown());
    return false;
  }
}

}  // namespace pipeline::running
