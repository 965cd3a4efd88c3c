#include "sweep/slurm.hpp"

#include <sys/wait.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>
#include <system_error>

#include "base/child_process.hpp"
#include "base/shell.hpp"
#include "results/run_folder.hpp"

namespace pipeline::sweep {
namespace fs = std::filesystem;

namespace {

fs::path folder_of_logs(const Plan& plan) { return plan.folder / "slurm"; }

}  // namespace

std::size_t tasks_for(const Estimate& estimate, std::size_t cores) {
  constexpr double least_seconds = 600;
  constexpr std::size_t most = 1000;
  if (estimate.jobs == 0) return 0;
  const double seconds = estimate.core_seconds / static_cast<double>(cores);
  const auto wanted = static_cast<std::size_t>(std::max(1.0, std::floor(seconds / least_seconds)));
  return std::min({wanted, estimate.jobs, most});
}

bool script_can_name(const fs::path& folder) {
  return std::ranges::none_of(folder.string(),
                              [](unsigned char c) { return c < ' ' || c == '"' || c == '\\' || c == 127; });
}

std::string script_of(const Plan& plan, std::size_t tasks, const SlurmOptions& options) {
  std::string text = "#!/bin/bash\n";
  const auto sbatch = [&](const std::string& option) { text += "#SBATCH " + option + "\n"; };
  sbatch("--job-name=" + plan.pipeline);
  sbatch("--array=1-" + std::to_string(tasks));
  sbatch("--cpus-per-task=" + std::to_string(options.cores));
  std::string logs = folder_of_logs(plan).string();
  for (std::size_t at = 0; (at = logs.find('%', at)) != logs.npos; at += 2) logs.insert(at, "%");
  sbatch("--output=\"" + logs + "/%A_%a.log\"");
  sbatch("--open-mode=append");
  sbatch("--requeue");
  sbatch("--signal=B:USR1@120");
  for (const std::string& option : options.sbatch) sbatch(option);
  text += "\n" +
          base::shell_command({options.program, "sweep", plan.sweep_ini().string(), "--out", plan.folder.string()}) +
          " --part $SLURM_ARRAY_TASK_ID/" + std::to_string(tasks) + " --progress line";
  if (!options.words.empty()) text += " " + base::shell_command(options.words);
  return text + R"( &
child=$!
cancelled=
trap 'kill -USR1 $child' USR1
trap 'cancelled=yes; kill -TERM $child' TERM
code=0
while kill -0 $child 2>/dev/null; do
  wait $child
  code=$?
done
# 75: stopped with checkpoints. The array's own number would start all of its tasks again.
if [ $code = 75 ] && [ -z "$cancelled" ] && [ "${SLURM_RESTART_COUNT:-0}" -lt 20 ]; then
  scontrol requeue "${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}" && sleep 60
fi
exit $code
)";
}

std::vector<std::size_t> part_of(const Plan& plan, std::size_t k, std::size_t n) {
  std::vector<std::size_t> order(plan.jobs.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::sort(order, {}, [&](std::size_t i) { return plan.jobs[i].name; });
  std::vector<std::size_t> part;
  for (std::size_t i = k - 1; i < order.size(); i += n) part.push_back(order[i]);
  return part;
}

std::string submit(const Plan& plan, const std::string& script) {
  const fs::path file = folder_of_logs(plan) / "sweep.sbatch";
  results::write_file(file, script);
  try {
    base::ChildProcess child({"sbatch", {"--parsable", file.string()}, {}, "/dev/stdout", {}});
    std::string said = child.all(base::ChildProcess::Clock::time_point::max());
    const int status = child.wait();
    while (said.ends_with('\n')) said.pop_back();
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
      throw std::runtime_error("sbatch does not take " + file.string() + ": " + said);
    return said.substr(0, said.find(';'));
  } catch (const std::system_error& e) {
    throw std::runtime_error(std::string("cannot start sbatch: ") + e.code().message() +
                             "\n  is this a login node of a Slurm cluster? --dry-run shows the script");
  }
}

}  // namespace pipeline::sweep
