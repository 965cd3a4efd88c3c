#include "running/live_reports.hpp"

#include "results/run_results.hpp"

namespace pipeline::running {

LiveReports::LiveReports(const experiment::Pipeline& p, std::shared_ptr<const LoadedData> loaded, Observer& observer)
    : steps_(p.steps), loaded_(std::move(loaded)), observer_(observer) {
  for (const experiment::ReportConfig& r : p.reports)
    reports_.push_back({&r, r.plugin.make(), r.every ? 0 : p.steps + 1});
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

bool LiveReports::write_last(const std::filesystem::path& folder, std::uint64_t step) {
  bool all = true;
  for (const LiveReport& r : reports_) all &= write(r, folder, {step, true});
  return all;
}

bool LiveReports::write(const LiveReport& r, const std::filesystem::path& folder, const Occasion& occasion) {
  const std::string& plugin = r.config->plugin.name;
  try {
    const auto data = std::shared_ptr<const Data>(loaded_, &loaded_->data);
    const auto results = results::open_run(folder, [&] { return data; });
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
