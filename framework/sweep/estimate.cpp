#include "sweep/estimate.hpp"

#include <algorithm>
#include <map>

#include "running/data_for_run.hpp"
#include "running/estimate.hpp"

namespace pipeline::sweep {
namespace fs = std::filesystem;

using experiment::Pipeline;

namespace {

/// What distinguishes jobs in their cost: everything but the seed.
std::string but_the_seed(const Plan& plan, const Job& job) {
  std::string text;
  for (std::size_t i = 0; i < job.point.size(); ++i)
    if (plan.axes.all[i].key != "pipeline.seed") text += plan.axes.all[i].key + "=" + job.point[i] + "\n";
  return text;
}

struct Size {
  double bytes = 0;
  std::size_t files = 0;
};

Size size_of(const fs::path& folder) {
  Size size;
  std::error_code none;
  for (fs::recursive_directory_iterator at(folder, none), end; at != end && !none; at.increment(none))
    if (at->is_regular_file(none)) {
      size.bytes += static_cast<double>(at->file_size(none));
      ++size.files;
    }
  return size;
}

/// Weights of all models, once in weights.h5 and once in the checkpoint that stays, and the rows of metrics.csv.
Size size_of(const Pipeline& p, bool lean) {
  double weights = 0, rows = 0;
  for (std::size_t l = 1; l < p.network.sizes.size(); ++l)
    weights += static_cast<double>((p.network.sizes[l - 1] + 1) * p.network.sizes[l]);
  const double models = static_cast<double>(p.models.size() + 1), layers = static_cast<double>(p.network.layers());
  for (const experiment::MetricConfig& m : p.metrics) {
    const std::uint64_t measurements = p.steps / std::max<std::uint64_t>(m.every, 1) + 2;
    rows += models * layers * static_cast<double>(measurements);
  }
  constexpr double bytes_of_row = 40, other = 20e3;
  constexpr std::size_t files = 8, files_of_report = 20;
  return {8 * weights * models + rows * bytes_of_row + other, files + (lean ? 0 : files_of_report * p.reports.size())};
}

}  // namespace

double Estimate::seconds_on(std::size_t cores) const {
  const Division division = divide(cores, jobs);
  return std::max(core_seconds / static_cast<double>(division.at_once * division.threads),
                  longest_job / static_cast<double>(division.threads));
}

Estimate estimate(const Plan& plan, const States& states, const std::vector<std::size_t>& to_run,
                  plugins::Catalogue& catalogue, const EstimateOptions& options) {
  std::map<std::string, std::vector<const Job*>> kinds;
  std::optional<Size> known;
  for (const std::size_t i : to_run) kinds[but_the_seed(plan, plan.jobs[i])].push_back(&plan.jobs[i]);
  const auto done = std::ranges::find(states, State::done, &JobState::state);
  if (done != states.end()) known = size_of(plan.run_of(plan.jobs[static_cast<std::size_t>(done - states.begin())]));
  kernels::products_use_one_thread();
  Estimate total;
  constexpr std::size_t most_probes = 8;
  const std::size_t stride = (kinds.size() + most_probes - 1) / most_probes;
  double seconds = 0;
  std::size_t index = 0;
  for (const auto& [kind, jobs] : kinds) {
    const Pipeline p = pipeline_of(plan, *jobs.front(), catalogue);
    if (index++ % stride == 0) {  // those in between are taken to cost as much as the last one that was timed
      const running::LoadedData loaded = running::load_for_run(p, 1, options.fetch, [](const std::string&) {});
      const running::Scheduler scheduler(p, loaded.data, 1, nullptr);
      seconds = running::estimate_seconds(p, loaded.data, scheduler, 1);
    }
    constexpr double start = 0.06;  // a job that trains next to nothing: the program, its plugins and files
    const double n = static_cast<double>(jobs.size());
    const Size size = known ? *known : size_of(p, options.lean);
    total.core_seconds += n * (seconds + start);
    total.longest_job = std::max(total.longest_job, seconds + start);
    total.bytes += n * size.bytes;
    total.files += jobs.size() * size.files;
    total.jobs += jobs.size();
  }
  return total;
}

}  // namespace pipeline::sweep
