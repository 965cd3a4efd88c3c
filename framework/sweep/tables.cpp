#include "sweep/tables.hpp"

#include <fstream>

#include "base/atomic_file.hpp"
#include "base/csv.hpp"
#include "comparing/comparison.hpp"
#include "comparing/runs.hpp"
#include "results/run_folder.hpp"
#include "results/run_json.hpp"

namespace pipeline::sweep {

using base::csv_field;

namespace {

std::string header(const Plan& plan) {
  std::string text = "job,";
  for (const experiment::Axis& axis : plan.axes.all) text += csv_field(axis.key) + ",";
  return text;
}

std::string fields(const Job& job) {
  std::string text = job.name + ",";
  for (const std::string& value : job.point) text += csv_field(value) + ",";
  return text;
}

}  // namespace

void write_jobs(const Plan& plan, const States& states) {
  std::string text = header(plan) + "state\n";
  for (std::size_t i = 0; i < plan.jobs.size(); ++i) text += fields(plan.jobs[i]) + name_of(states[i].state) + "\n";
  results::write_file(plan.jobs_csv(), text);
}

std::size_t write_table(const Plan& plan, const States& states) {
  std::size_t rows = 0;
  results::with_advice([&] {
    base::AtomicFile file(plan.table_csv());
    std::string text = header(plan) + "step,model,metric,layer,value\n";
    for (std::size_t i = 0; i < plan.jobs.size(); ++i) {
      if (states[i].state == State::missing) continue;
      const results::RunFolder run{plan.run_of(plan.jobs[i])};
      const std::filesystem::path csv = run.metrics_csv();
      std::ifstream in(csv);
      if (!in && states[i].state == State::done) {
        const base::FileError error("read", csv);
        if (error.code != ENOENT) throw error;
        throw std::runtime_error(std::string(error.what()) +
                                 "\n  this job is done; to run it again, remove its folder");
      }
      std::error_code none;
      if (in && std::filesystem::exists(run.run_json(), none))
        if (const auto end = results::read_run_json(run.run_json()).metrics_end) results::expect_metrics(csv, *end);
      const std::string first = fields(plan.jobs[i]);
      std::string line;
      std::getline(in, line);                        // its header
      while (std::getline(in, line) && !in.eof()) {  // a line without its end is torn
        text += first + line + "\n";
        ++rows;
      }
      if (in.bad()) throw base::FileError("read", csv);
      file.write(text);
      text.clear();
    }
    file.write(text);  // without any row: the header
    file.commit();
  });
  return rows;
}

bool write_comparison(const Plan& plan, const std::function<void(const std::string&)>& warn) {
  const std::vector<comparing::ComparedRun> runs = comparing::read_runs(plan.folder, warn);
  if (runs.size() < 2) return false;
  std::vector<comparing::GroupComparison> groups;
  for (const comparing::Group& group : comparing::groups_of(runs))
    groups.push_back({group.settings, comparing::compare(comparing::last_values(group.runs), {})});
  results::write_file(plan.folder / "comparison.csv", as_csv(groups));
  return true;
}

}  // namespace pipeline::sweep
