#include "sweep/pool.hpp"

#include <sys/wait.h>

#include <algorithm>
#include <condition_variable>
#include <csignal>
#include <deque>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>

#include "base/append_file.hpp"
#include "base/child_process.hpp"
#include "base/thread.hpp"
#include "base/utc.hpp"
#include "results/run_folder.hpp"

namespace pipeline::sweep {
namespace fs = std::filesystem;

using Clock = std::chrono::steady_clock;

States states_of(const Plan& plan) {
  States states;
  for (const Job& job : plan.jobs) states.push_back(state_of(plan, job));
  return states;
}

std::vector<std::size_t> jobs_to_run(const States& states, bool retry_failed) {
  std::vector<std::size_t> jobs;
  for (std::size_t i = 0; i < states.size(); ++i)
    if (states[i].state == State::missing || (retry_failed && states[i].state == State::failed)) jobs.push_back(i);
  return jobs;
}

Division divide(std::size_t cores, std::size_t jobs) {
  const std::size_t at_once = std::clamp<std::size_t>(jobs, 1, std::max<std::size_t>(cores, 1));
  return {at_once, std::max<std::size_t>(cores / at_once, 1)};
}

std::vector<std::string> command_of(const Plan& plan, const Job& job, std::size_t threads,
                                    const std::vector<std::string>& words) {
  std::vector<std::string> command = {"run", plan.sweep_ini().string()};
  for (const std::string& word : overrides_of(plan.axes, job.point)) command.push_back(word);
  command.insert(command.end(), {"--out", plan.run_of(job).string(), "--resume", "--threads", std::to_string(threads)});
  command.insert(command.end(), words.begin(), words.end());
  return command;
}

namespace {

/// A run that cannot be continued is put aside, and the job starts over. Returns where it is then; nothing if it could
/// not be moved, or if another process may be writing it.
fs::path put_aside(const Plan& plan, const Job& job) try {
  const fs::path folder = plan.run_of(job), aside = folder.string() + "-unfinished-" + base::utc_now("%Y%m%dT%H%M%SZ");
  // Held, so that no process continues the run while it is moved.
  const auto held = base::AppendFile::existing(results::RunFolder{folder}.metrics_csv());
  std::error_code failed;
  fs::rename(folder, aside, failed);
  return failed ? fs::path() : aside;
} catch (const base::FileError&) {
  return {};
}

/// The share of a run that is done, from a line of its JSON progress; nothing for other lines.
std::optional<double> share_in(const std::string& line) {
  const auto json = nlohmann::json::parse(line, nullptr, false);
  if (!json.is_object() || !json.contains("seconds") || !json.contains("seconds_left")) return std::nullopt;
  if (!json["seconds"].is_number() || !json["seconds_left"].is_number()) return 0.0;
  const double spent = json["seconds"], left = json["seconds_left"];
  return spent + left > 0 ? spent / (spent + left) : 0.0;
}

class Pool {
 public:
  Pool(const Plan& plan, const std::vector<std::size_t>& jobs, const PoolOptions& options, PoolObserver& observer)
      : plan_(plan), options_(options), observer_(observer), states_(states_of(plan)), total_(jobs.size()) {
    for (const std::size_t job : jobs) waiting_.push_back({job, Clock::now()});
    division_ = divide(options.cores, waiting_.size());
  }

  States run() {
    if (waiting_.empty()) return states_;
    std::vector<std::thread> workers;
    shares_.resize(division_.at_once);
    children_.resize(division_.at_once);
    working_ = division_.at_once;
    try {
      for (std::size_t i = 0; i < division_.at_once; ++i) base::start_thread(workers, [this, i] { work(i); });
    } catch (...) {  // those that have started end their runs first
      const std::lock_guard lock(mutex_);
      failure_ = std::current_exception();
      working_ -= division_.at_once - workers.size();
      stop();
    }
    std::unique_lock lock(mutex_);
    while (working_ > 0 || !ended_.empty() || !started_over_.empty()) {
      changed_.wait_for(lock, std::chrono::milliseconds(200));
      std::deque<Ended> ended = std::exchange(ended_, {});
      std::deque<StartedOver> over = std::exchange(started_over_, {});
      const SweepProgress now = progress();
      lock.unlock();
      for (const StartedOver& o : over) observer_.started_over(*o.job, o.why, o.aside);
      for (const Ended& e : ended) observer_.ended(e);
      observer_.progress(now);
      lock.lock();
      if (options_.stop_signal && *options_.stop_signal != 0) stop();
    }
    lock.unlock();
    for (std::thread& t : workers) t.join();
    if (failure_) std::rethrow_exception(failure_);
    return states_;
  }

 private:
  struct StartedOver {
    const Job* job;
    std::string why;
    fs::path aside;
  };
  struct Waiting {
    std::size_t job;
    Clock::time_point not_before;  // one that another process is running
  };

  /// Asks every run to write a checkpoint and end. Not by TERM: a batch system sends that to every process itself, and a
  /// second one ends a run at once. Needs the lock.
  void stop() {
    if (std::exchange(stopping_, true)) return;
    for (base::ChildProcess* child : children_)
      if (child) child->signal(SIGUSR1);
  }

  /// The next job whose time has come; nothing at the end.
  std::optional<std::size_t> next() {
    std::unique_lock lock(mutex_);
    while (!stopping_ && !waiting_.empty()) {
      const auto due = std::ranges::find_if(waiting_, [](const Waiting& w) { return w.not_before <= Clock::now(); });
      if (due != waiting_.end()) {
        const std::size_t job = due->job;
        waiting_.erase(due);
        return job;
      }
      changed_.wait_for(lock, std::chrono::milliseconds(200));
    }
    return std::nullopt;
  }

  void work(std::size_t place) {
    try {
      while (const std::optional<std::size_t> job = next()) run_job(place, *job);
    } catch (...) {
      const std::lock_guard lock(mutex_);
      if (!failure_) failure_ = std::current_exception();
      stop();
    }
    const std::lock_guard lock(mutex_);
    --working_;
    changed_.notify_all();
  }

  void run_job(std::size_t place, std::size_t index) {
    const Job& job = plan_.jobs[index];
    const Clock::time_point began = Clock::now();
    std::vector<std::string> words = command_of(plan_, job, division_.threads, options_.words);
    words.insert(words.end(), {"--progress", "json"});
    base::ChildProcess child({options_.program, words, {}, "/dev/stdout", {}});
    {
      const std::lock_guard lock(mutex_);
      children_[place] = &child;
      if (stopping_) child.signal(SIGUSR1);
    }
    std::string said;  // from the first error on: a line that begins with it, or with a place in the pipeline file
    while (const auto line = child.line(Clock::time_point::max())) {
      if (const auto share = share_in(*line)) {
        const std::lock_guard lock(mutex_);
        shares_[place] = *share;
      } else if (!said.empty() || (line->find("error: ") != line->npos && !line->starts_with("warning: "))) {
        said += (said.empty() ? "" : "\n") + *line;
      }
    }
    {
      const std::lock_guard lock(mutex_);
      children_[place] = nullptr;
    }
    const int status = child.wait();
    const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    std::unique_lock lock(mutex_);
    shares_[place] = 0;
    if (code != 0 && code != kStopped &&
        is_being_run(plan_, job)) {  // by another process, which began at the same time
      waiting_.push_back({index, Clock::now() + std::chrono::seconds(2)});
      return;
    }
    JobState state = state_of(plan_, job);
    // Another process may have held the run until a moment ago, so the first refusal only leads to a second attempt.
    if (code == kResumeRefused && state.state == State::missing && ++refusals_[index] <= kMostRefusals) {
      fs::path aside;
      if (refusals_[index] > 1) {
        lock.unlock();
        aside = put_aside(plan_, job);
        lock.lock();
      }
      if (!aside.empty()) started_over_.push_back({&job, said, aside});
      waiting_.push_back({index, Clock::now() + std::chrono::seconds(aside.empty() ? 1 : 0)});
      return;
    }
    const bool was_stopped = code == kStopped || (stopping_ && state.state == State::missing);
    if (!was_stopped && state.state == State::missing) {
      state.state = State::failed;
      state.why = !said.empty()         ? said
                  : WIFSIGNALED(status) ? "it was killed by " + base::signal_text(WTERMSIG(status))
                                        : "it ended with exit code " + std::to_string(code);
    }
    states_[index] = state;
    done_now_ += state.state != State::missing;
    ended_.push_back({&job, state.state, state.why, std::chrono::duration<double>(Clock::now() - began).count()});
    if (state.state == State::failed && options_.fail_fast) stop();
    changed_.notify_all();
  }

  /// Needs the lock.
  SweepProgress progress() const {
    SweepProgress p;
    p.jobs = plan_.jobs.size();
    double work = static_cast<double>(done_now_);
    for (std::size_t i = 0; i < shares_.size(); ++i) {
      work += shares_[i];
      p.running += children_[i] != nullptr;
    }
    for (const JobState& s : states_) {
      p.done += s.state == State::done;
      p.failed += s.state == State::failed;
    }
    const double all = static_cast<double>(total_),
                 spent = std::chrono::duration<double>(Clock::now() - start_).count();
    p.share = (static_cast<double>(p.jobs - total_) + work) / static_cast<double>(p.jobs);
    if (work > 0.02) p.seconds_left = spent / work * (all - work);
    return p;
  }

  static constexpr int kResumeRefused = 6, kStopped = 75;  // exit codes of `pipeline run`
  static constexpr int kMostRefusals = 3;                  // of one job; the next one is a failure

  const Plan& plan_;
  const PoolOptions& options_;
  PoolObserver& observer_;
  Division division_;
  std::mutex mutex_;
  std::condition_variable changed_;
  States states_;
  std::deque<Waiting> waiting_;
  std::deque<Ended> ended_;
  std::deque<StartedOver> started_over_;
  std::vector<double> shares_;                 // by worker: of the job it runs
  std::vector<base::ChildProcess*> children_;  // by worker; null between jobs
  std::map<std::size_t, int> refusals_;        // by job
  std::size_t total_, done_now_ = 0, working_ = 0;
  bool stopping_ = false;
  std::exception_ptr failure_;
  const Clock::time_point start_ = Clock::now();
};

}  // namespace

States run_jobs(const Plan& plan, const std::vector<std::size_t>& jobs, const PoolOptions& options,
                PoolObserver& observer) {
  return Pool(plan, jobs, options, observer).run();
}

}  // namespace pipeline::sweep
