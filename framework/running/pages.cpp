#include "running/pages.hpp"

#include <algorithm>

#include "base/shell.hpp"
#include "comparing/sweep_results.hpp"
#include "experiment/pipeline.hpp"
#include "results/run_folder.hpp"
#include "results/run_results.hpp"
#include "running/data_for_run.hpp"

namespace pipeline::running {
namespace fs = std::filesystem;

namespace {

/// The data of a run, loaded as its resolved pipeline says; that is wanted for pictures only, so it is never fetched.
std::shared_ptr<const Data> data_of(const fs::path& folder, plugins::Catalogue& catalogue) {
  const experiment::Pipeline p = experiment::read_pipeline(results::RunFolder{folder}.resolved_ini(), {}, catalogue);
  data::FetchOptions fetch;
  fetch.offline = true;
  const auto loaded = std::make_shared<const LoadedData>(load_for_run(p, 1, fetch, [](const std::string&) {}));
  return {loaded, &loaded->data};
}

/// What every report says to `ask(report, name)`; failures as warnings.
template <class Ask>
ReportOutput of_each_report(plugins::Catalogue& catalogue, Ask&& ask) {
  ReportOutput all;
  for (const std::string& name : catalogue.names(plugins::PluginKind::report)) try {
      const std::shared_ptr<Report> report = catalogue.make<Report>(name);
      Parameters parameters;
      plugins::declare(catalogue.load(plugins::PluginKind::report, name), *report, parameters);
      const ReportOutput output = ask(*report, name);
      all.lines.insert(all.lines.end(), output.lines.begin(), output.lines.end());
      all.warnings.insert(all.warnings.end(), output.warnings.begin(), output.warnings.end());
    } catch (const plugins::RefusedPlugin& e) {
      all.warnings.push_back(e.what());
    } catch (...) {
      all.warnings.push_back(plugins::title(plugins::PluginKind::report, name) +
                             " failed: " + plugins::what_was_thrown());
    }
  return all;
}

/// Runs a hook of a report.
template <class F>
auto call(const std::string& name, const char* hook, F&& f) {
  return plugins::call({"report", name.c_str(), hook, "", 0}, f);
}

bool is_run(const fs::path& folder) {
  std::error_code none;
  return fs::exists(results::RunFolder{folder}.metrics_csv(), none);
}

}  // namespace

ReportOutput write_pages(const fs::path& folder, plugins::Catalogue& catalogue) {
  std::error_code none;
  std::unique_ptr<RunResults> run;
  std::optional<SweepResults> sweep;
  if (fs::exists(folder / "jobs.csv", none))
    sweep = comparing::sweep_results(folder);
  else if (is_run(folder))
    run = results::open_run(folder, [&] { return data_of(folder, catalogue); });
  else
    throw std::runtime_error(folder.string() +
                             " is neither a run (it has no metrics.csv) nor a sweep (it has no jobs.csv)");
  return of_each_report(catalogue, [&](const Report& report, const std::string& name) -> ReportOutput {
    if (call(name, "Report::page_file", [&] { return report.page_file(); }).empty()) return {};
    if (sweep) return call(name, "Report::write_sweep", [&] { return report.write_sweep(*sweep); });
    const std::uint64_t last = run->rows.empty() ? 0 : run->rows.back().step;
    return call(name, "Report::write", [&] { return report.write(*run, {last, true}); });
  });
}

ReportOutput curves_as_text(const fs::path& folder, plugins::Catalogue& catalogue, std::size_t columns) {
  if (!is_run(folder))
    throw std::runtime_error(
        fs::exists(folder / "runs")
            ? folder.string() + " is a sweep, and only the curves of a run are drawn as text\n  its runs are in " +
                  (folder / "runs").string() + "; its verdicts: pipeline compare " + base::shell_word(folder.string())
            : folder.string() + " is not a run: it has no metrics.csv");
  const std::unique_ptr<RunResults> run = results::open_run(folder);
  return of_each_report(catalogue, [&](const Report& report, const std::string& name) {
    return call(name, "Report::text", [&] { return report.text(*run, columns); });
  });
}

}  // namespace pipeline::running
