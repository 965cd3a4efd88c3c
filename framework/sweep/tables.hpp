// The tables of a sweep's folder: jobs.csv and table.csv.
#pragma once
#include "sweep/pool.hpp"

namespace pipeline::sweep {

/// job,<axes>,state: a row for each job, in the order of the plan. Throws std::runtime_error.
void write_jobs(const Plan& plan, const States& states);

/// job,<axes>,step,model,metric,layer,value: metrics.csv of every job that has ended, in the order of the plan. Returns
/// the number of rows. Throws std::runtime_error.
std::size_t write_table(const Plan& plan, const States& states);

/// comparison.csv: the models of all jobs that differ in their seed only, compared with the first one. Returns false, and
/// writes nothing, where fewer than two jobs have ended. Throws std::runtime_error.
bool write_comparison(const Plan& plan, const std::function<void(const std::string&)>& warn);

}  // namespace pipeline::sweep
