#include "running/run.hpp"

#include <algorithm>
#include <chrono>

#include "base/utf8.hpp"
#include "experiment/identity.hpp"
#include "results/run_folder.hpp"
#include "results/run_json.hpp"
#include "running/checkpointing.hpp"
#include "running/data_for_run.hpp"
#include "running/estimate.hpp"
#include "running/final_weights.hpp"
#include "running/live_reports.hpp"
#include "running/measurements.hpp"
#include "running/remarks.hpp"
#include "running/resume.hpp"
#include "running/run_facts.hpp"

namespace pipeline::running {
namespace fs = std::filesystem;

using experiment::Pipeline;
using results::RunFolder;

namespace {

using Clock = std::chrono::steady_clock;

/// One run, once its data is there.
class Run {
 public:
  Run(const Pipeline& p, const plugins::Catalogue& catalogue, const RunOptions& options,
      std::shared_ptr<const LoadedData> loaded, Observer& observer)
      : pipeline_(p),
        catalogue_(catalogue),
        options_(options),
        loaded_(std::move(loaded)),
        observer_(observer),
        facts_(facts_of(p, catalogue, options, *loaded_)),
        identity_(with_machine(experiment::identity_of(p, facts_.plugin_hashes, facts_.files), p)),
        checkpointing_(p.checkpoint),
        reports_(p, loaded_, observer),
        scheduler_(p, loaded_->data, options.threads, options.stop_signal) {}

  RunOutcome train() {
    std::optional<Resumption> earlier;
    if (options_.resume) earlier = find_run_to_resume(pipeline_, identity_, facts_.configuration, options_);
    if (earlier && earlier->nothing_to_do) return complete(*earlier);
    std::vector<std::string> warnings;
    if (earlier) warnings = earlier->warnings;
    try {
      if (earlier)
        begin_from(std::move(*earlier));
      else
        begin();
      for (const std::string& warning : warnings) observer_.warning(warning);
      results::write_file(folder_.pipeline_ini(), pipeline_.text);
      results::write_file(folder_.resolved_ini(), config::as_ini(pipeline_.resolved, false));
      show_heading();
      if (checkpointing_.is_on()) {
        scheduler_.hold();
        if (!resumes_at_) write_checkpoint();
      }
      scheduler_.start();
      for (bool over = false; !over;) {
        Scheduler::News news = scheduler_.wait(0.2);
        write_rows(news.rows);
        reports_.write_due(folder_.path, news.horizon, last_step_, [&] { publish_nodes(); });
        if (!news.over) reports_.write_timely(folder_.path, last_step_, [&] { publish_nodes(); });
        show_progress();
        over = news.over;
        // If held: of trained models that have not had their last measurement, so that more steps can follow.
        if (!news.failed && (news.held || news.paused || (over && is_stopped() && !all_ended()))) {
          write_checkpoint();
          if (news.held) scheduler_.release(), is_released_ = true;
        } else if (!over && !is_released_ && checkpointing_.is_due(news.horizon)) {
          scheduler_.pause();  // until then there is still progress to show, and signals to answer
        }
        if (!over) ask_what_is_awaited();
      }
      write_rows(scheduler_.remaining_rows());
      scheduler_.rethrow();
      return conclude();
    } catch (const std::exception& e) {
      record_failure(e.what());
      throw;
    } catch (...) {
      record_failure("something that is not a std::exception was thrown");
      throw;
    }
  }

 private:
  void begin() {
    folder_ = results::make_run_folder(pipeline_.name, facts_.configuration, options_.out);
    make_latest();
    // Creates metrics.csv, which must not exist: of two runs in one folder, one ends here, and has written nothing.
    measurements_.emplace(pipeline_, folder_, loaded_->data.class_names);
    // Whatever fails from here on, run.json states how the run ended.
    record_.emplace(pipeline_, facts_, folder_.run_json()).begin();
    if (!measurements_->metrics.is_locked()) warn_without_lock();
  }

  /// A finished run: only its final reports may be missing.
  RunOutcome complete(const Resumption& earlier) {
    folder_ = earlier.folder;
    if (earlier.checkpoint && !earlier.has_final_reports && !reports_.empty()) {
      restore(earlier);
      results::remove_temporary_files(folder_);
      write_final_reports();
    }
    RunOutcome outcome;
    outcome.folder = folder_.path;
    outcome.models = pipeline_.models.size();
    outcome.nothing_to_do = true;
    outcome.failed_models = earlier.failed_models;
    outcome.plugin_failed =
        earlier.checkpoint && std::ranges::any_of(earlier.checkpoint->tasks, &results::SavedTask::plugin_failed);
    return outcome;
  }

  void warn_without_lock() {
    observer_.warning("the file system of " + folder_.path.string() +
                      " has no locks, so nothing keeps a second process from writing this run too"
                      "\n  resume it only when no process is writing it");
  }

  void make_latest() {
    if (!options_.out.empty()) return;
    if (const std::string warning = results::make_latest(folder_); !warning.empty()) observer_.warning(warning);
  }

  void restore(const Resumption& earlier) try {
    if (earlier.checkpoint) scheduler_.restore({earlier.checkpoint->tasks, earlier.checkpoint->waiting});
  } catch (const std::runtime_error& e) {
    throw ResumeRefused("cannot resume " + earlier.folder.path.string() + ": " + e.what() + "\n  " +
                        how_to_start_anew(options_));
  }

  /// In the folder of the earlier run; or, if that one is finished, in a new folder that begins as a copy of it.
  void begin_from(Resumption earlier) {
    restore(earlier);
    const fs::path run_json = earlier.folder.run_json();
    if (earlier.finished) {
      const RunFolder copy = results::make_run_folder(pipeline_.name, facts_.configuration, options_.out);
      results::copy_measurements(earlier.folder, copy, earlier.checkpoint_file, earlier.checkpoint->metrics.size);
      earlier.folder = copy;
      earlier.metrics = base::AppendFile::existing(copy.metrics_csv());
    }
    folder_ = earlier.folder;
    if (options_.resume_from.empty() || earlier.finished) make_latest();
    if (!earlier.metrics.is_locked()) warn_without_lock();
    results::remove_temporary_files(folder_);
    // Before metrics.csv is cut: the earlier run.json states its size.
    resumes_at_ = earlier.checkpoint ? std::optional(earlier.checkpoint->step) : std::nullopt;
    record_.emplace(pipeline_, facts_, folder_.run_json());
    record_->resumed(run_json, resumes_at_.value_or(0), earlier.changed);
    record_->begin();
    if (earlier.checkpoint) {
      results::Checkpoints(folder_.checkpoints()).remove_after(earlier.checkpoint_file);
      measurements_.emplace(pipeline_, folder_, loaded_->data.class_names, std::move(earlier.metrics),
                            *earlier.checkpoint);
      checkpoint_at_ = resumes_at_;
      seconds_before_ = earlier.checkpoint->seconds;
      checkpointing_.continues_at(*resumes_at_);
      for (const auto& [model, metrics] : earlier.checkpoint->summary)
        for (const auto& [metric, layers] : metrics)
          for (const auto& [layer, value] : layers) last_step_ = std::max(last_step_, value.last.step);
      // The reports of the steps whose rows were there have been written. Rows of later steps may be in the checkpoint.
      if (!earlier.checkpoint->summary.empty()) reports_.continue_after(last_step_);
    } else {
      measurements_.emplace(pipeline_, folder_, loaded_->data.class_names, std::move(earlier.metrics));
    }
  }

  bool all_ended() const { return std::ranges::all_of(scheduler_.tasks(), &ModelTask::ended); }
  bool is_stopped() const { return options_.stop_signal && *options_.stop_signal != 0; }

  /// Of the run as it is now: paused, held, over, or not started yet. Training continues while the file is written. If
  /// it cannot be written, the run goes on with the one before.
  void write_checkpoint() {
    if (!checkpointing_.is_on() || is_released_) return;
    const Clock::time_point began = Clock::now();
    const std::uint64_t step = results::step_of(scheduler_.tasks());
    checkpointing_.attempted(began, step);
    std::optional<Scheduler::State> state;
    try {
      state = scheduler_.state();
    } catch (const std::bad_alloc&) {
    }
    scheduler_.go_on();
    // Rows that the disk refused are lost even if a later sync succeeds, so an error here ends the run.
    const results::MetricsEnd rows = measurements_->metrics.sync();
    try {
      if (!state) throw std::bad_alloc();
      results::Checkpoint checkpoint{
          identity_, pipeline_.steps, step, seconds(), std::move(state->tasks), std::move(state->waiting), rows, {},
          {}};
      measurements_->nodes.publish();
      checkpoint.nodes = measurements_->nodes.ends();
      checkpoint.summary = measurements_->summary.values();
      const std::string warning = checkpointing_.write(folder_, checkpoint, began);
      if (!warning.empty()) observer_.warning(warning);
      checkpoint_at_ = step;
      failed_checkpoint_.clear();
    } catch (const std::exception& e) {
      const bool no_memory = dynamic_cast<const std::bad_alloc*>(&e);
      const std::string why = no_memory ? "there is not enough memory for a copy of all models" : e.what();
      if (failed_checkpoint_ != why) observer_.warning("no checkpoint could be written: " + why);
      failed_checkpoint_ = why;
    }
  }

  double seconds() const { return seconds_before_ + std::chrono::duration<double>(Clock::now() - start_).count(); }

  void show_heading() {
    Heading heading{pipeline_,
                    loaded_->shape,
                    {},
                    folder_.path,
                    options_.threads,
                    0,
                    pipeline_.kernels == kernels::Backend::own ? "own kernels (" + kernels::own_level() + ")"
                                                               : "OpenBLAS (" + kernels::blas_core() + ")",
                    resumes_at_};
    for (const auto& [id, p] : catalogue_.loaded()) heading.plugins.emplace_back(id, p.library);
    try {
      heading.estimated_seconds = estimate_seconds(pipeline_, loaded_->data, scheduler_, options_.threads) *
                                  (1 - static_cast<double>(resumes_at_.value_or(0)) /
                                           static_cast<double>(std::max<std::uint64_t>(pipeline_.steps, 1)));
    } catch (...) {
      // If the same plugin fails in the run, the failure is reported with its name.
    }
    observer_.heading(heading);
  }

  RunOutcome conclude() {
    RunOutcome outcome;
    outcome.folder = folder_.path;
    outcome.models = pipeline_.models.size();
    outcome.stopped = is_stopped() && !all_ended();
    if (outcome.stopped) {
      outcome.checkpoint_at = checkpoint_at_;
      outcome.why_no_newer_checkpoint = failed_checkpoint_;
    }
    for (const ModelTask& task : scheduler_.tasks()) {
      if (task.failure.empty()) continue;
      ++outcome.failed_models;
      outcome.plugin_failed |= task.plugin_failed;
    }
    finish(outcome.stopped                           ? "stopped"
           : outcome.failed_models == 0              ? "finished"
           : outcome.failed_models == outcome.models ? "finished, every model failed"
                                                     : "finished, some models failed");
    if (outcome.stopped) {
      reports_.write_last(folder_.path, last_step_);
    } else {
      write_final_reports();
      results::Checkpoints(folder_.checkpoints()).keep_newest();  // for more steps
    }
    return outcome;
  }

  /// Of a finished run. One that is killed before they are written gets them when it is resumed.
  void write_final_reports() {
    if (!reports_.write_last(folder_.path, updates_made()) || reports_.empty()) return;
    try {
      results::note_final_reports(folder_.run_json());
    } catch (const std::exception&) {
      // They are there all the same, and would be written once more.
    }
  }

  /// By the model that made the most; all of them where every model failed.
  std::uint64_t updates_made() const {
    std::optional<std::uint64_t> most;
    for (const ModelTask& task : scheduler_.tasks())
      if (task.steps > 0 && task.failure.empty())
        most = std::max(most.value_or(0), task.stopped_at.value_or(task.steps));
    return most.value_or(pipeline_.steps);
  }

  void write_rows(const std::vector<RowOrder::Released>& released) {
    std::vector<Row> rows;
    for (const auto& [step, model, measured] : released)
      for (const Row& row : measured.rows) {
        measurements_->summary.add(row);
        last_step_ = row.step;
        if (!row.layer && !pipeline_.metrics.empty() && row.metric == pipeline_.metrics.front().name)
          newest_[row.model] = {row.step, row.value};
        rows.push_back(row);
      }
    measurements_->metrics.append(rows);
    for (const auto& [step, model, measured] : released)
      measurements_->nodes.add(scheduler_.tasks()[model].name, step, measured.sheets);
  }

  /// A step that does not end keeps the run from stopping.
  void ask_what_is_awaited() {
    if (!is_stopped() || !options_.ask_signal) return;
    const Clock::time_point now = Clock::now();
    if (!stopping_since_) stopping_since_ = now;
    if (asked_ || now - *stopping_since_ < std::chrono::seconds(kPatience)) return;
    asked_ = true;
    observer_.warning("waiting for every model to end its step; send the signal again to end at once");
    scheduler_.signal_workers(options_.ask_signal);
  }

  void show_progress() {
    std::vector<ModelProgress> progress = scheduler_.progress();
    for (ModelProgress& m : progress)
      if (const auto it = newest_.find(m.name); it != newest_.end())
        m.measured = it->second.first, m.newest = it->second.second;
    observer_.progress(progress, pipeline_.steps, seconds());
  }

  void publish_nodes() {
    try {
      measurements_->nodes.publish();
    } catch (const std::exception& e) {
      observer_.warning(e.what());  // it is written again at the end
    }
  }

  /// The rows are on disk already. An error here must not hide why the run ended.
  void record_failure(const std::string& why) noexcept {
    if (!record_) return;  // it had not begun
    const auto attempt = [](auto&& write) {
      try {
        write();
      } catch (...) {
      }
    };
    if (measurements_) attempt([&] { record_->metrics(measurements_->metrics.sync()); });
    attempt([&] { record_->end("failed", {{"run", why}}); });
    if (!measurements_) return;
    attempt([&] { measurements_->nodes.finish(); });
    attempt([&] {  // without values the run has just begun, and can start over in its folder
      if (!measurements_->summary.values().empty()) measurements_->summary.write(folder_.summary_json());
    });
  }

  void finish(const std::string& status) {
    std::map<std::string, std::string> failures;
    for (const ModelTask& task : scheduler_.tasks()) {
      if (task.stopped_at || task.restored_to) {
        const std::uint64_t stop = task.stopped_at.value_or(pipeline_.steps);
        record_->stopped_early(task.name, stop, task.restored_to.value_or(stop));
        if (task.restored_to) measurements_->summary.went_back(task.name, stop, *task.restored_to);
      }
      if (!task.failure.empty()) {
        failures[task.name] = task.failure;
        observer_.warning("model " + task.name + " stopped: " + task.failure);
        continue;
      }
      note_remarks(task, *record_, observer_);
    }
    write_final_weights(folder_, pipeline_, scheduler_);
    measurements_->nodes.finish();
    measurements_->summary.write(folder_.summary_json());
    record_->metrics(measurements_->metrics.sync());  // before run.json says that the run is finished
    if (checkpointing_.is_on()) record_->checkpoints(checkpointing_.count(), checkpointing_.longest_seconds());
    record_->end(status, failures);
  }

  const Pipeline& pipeline_;
  const plugins::Catalogue& catalogue_;
  const RunOptions& options_;
  std::shared_ptr<const LoadedData> loaded_;
  Observer& observer_;
  const results::RunFacts facts_;
  const experiment::Identity identity_;
  Checkpointing checkpointing_;
  RunFolder folder_;
  std::optional<results::RunJson> record_;
  std::optional<Measurements> measurements_;
  LiveReports reports_;
  std::map<std::string, std::pair<std::uint64_t, double>> newest_;  // by model: step and value
  std::uint64_t last_step_ = 0;                                     // of the rows written so far
  std::optional<std::uint64_t> resumes_at_, checkpoint_at_;
  std::string failed_checkpoint_;  // why the last one could not be written
  bool is_released_ = false;       // the models may have had their last measurement
  double seconds_before_ = 0;      // spent by the earlier runs that this one continues
  Clock::time_point start_ = Clock::now();
  std::optional<Clock::time_point> stopping_since_;
  bool asked_ = false;  // what it waits for
  Scheduler scheduler_;
};

}  // namespace

RunOutcome run(const Pipeline& p, plugins::Catalogue& catalogue, const RunOptions& options, Observer& observer) {
  kernels::products_use_one_thread();
  const auto loaded = std::make_shared<LoadedData>(
      load_for_run(p, options.threads, options.fetch, [&](const std::string& warning) { observer.warning(warning); }));
  return Run(p, catalogue, options, loaded, observer).train();
}

}  // namespace pipeline::running
