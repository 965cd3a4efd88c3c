// What a job's folder says of it.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

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
  std::string why{};     // of a failed job
  bool partly = false;   // failed, but some models finished
  bool started = false;  // missing, but a run was begun that can probably be continued
};

/// Judged by run.json of the job's folder alone.
JobState state_of(const Plan& plan, const Job& job);

/// Whether a process is writing the job's run at this moment.
bool is_being_run(const Plan& plan, const Job& job);

/// How many runs in the sweep's folder are no job of this plan, and so are in none of its tables.
std::size_t other_runs(const Plan& plan);

/// The runs in the sweep's folder that are no job of it any more: they were run before something was changed.
class EarlierRuns {
 public:
  explicit EarlierRuns(const Plan& plan);
  /// The most similar one of the same pipeline with the point of this job, and what differs: "training.steps was 100, is
  /// now 200"; nothing without one.
  struct Run {
    std::string name;
    std::vector<std::string> differences;
  };
  std::optional<Run> of(const Job& job, plugins::Catalogue& catalogue) const;

 private:
  using Settings = std::map<std::string, std::string>;  // of resolved.ini, by "training.steps"
  std::vector<std::string> point_of(const Settings& settings) const;

  const Plan& plan_;
  std::multimap<std::vector<std::string>, std::pair<std::string, Settings>> by_point_;  // name and settings
};

}  // namespace pipeline::sweep
