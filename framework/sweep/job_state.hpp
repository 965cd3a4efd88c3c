// What a job's folder says of it.
#pragma once
#include <string>

#include "sweep/plan.hpp"

namespace pipeline::sweep {

enum class State {
  done,
  failed,   // it ended, and some model or the whole run failed
  missing,  // not run yet, or not to its end
};
const char* name_of(State state);

struct JobState {
  State state = State::missing;
  std::string why;       // of a failed job
  bool started = false;  // missing, but a run was begun that can probably be continued
};

/// Judged by run.json of the job's folder alone.
JobState state_of(const Plan& plan, const Job& job);

/// Whether a process is writing the job's run at this moment.
bool is_being_run(const Plan& plan, const Job& job);

/// A run in the sweep's folder with the point of this job, but another configuration: it was run before something was
/// changed. Each difference as "training.steps was 100, is now 200"; none where there is no such run.
struct OtherRun {
  std::string name;
  std::vector<std::string> differences;
};
std::optional<OtherRun> earlier_run(const Plan& plan, const Job& job, plugins::Catalogue& catalogue);

}  // namespace pipeline::sweep
