#include <algorithm>
#include <chrono>
#include <fstream>
#include <iterator>

#include "learning/products.hpp"
#include "learning/speaking.hpp"
#include "study/files.hpp"
#include "study/hdf5.hpp"
#include "study/provenance.hpp"
#include "study/study.hpp"
#include "study/team.hpp"

namespace pipeline::study {

namespace {

using Clock = std::chrono::steady_clock;
double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

template <class F>
double seconds_of(F&& f) {
  const Clock::time_point start = Clock::now();
  f();
  return seconds_since(start);
}

template <class F>
double fastest(int times, F&& f) {
  double best = seconds_of(f);
  for (int i = 1; i < times; ++i) best = std::min(best, seconds_of(f));
  return best;
}

/// A guess, from a few steps of a model without regularisers and a block or two of each measurement. The fastest of
/// several counts: what else the machine does just then slows some of them, and says nothing about the hours to come.
double estimate_seconds(const Description& d, const Data& data, const Team& team, std::size_t threads) {
  const learning::Model& control = *team.members().front().model;
  learning::Model trial("trial", control.network(), {}, 0, {}, d.network.sizes.back(), control.products());
  learning::Batches batches(d.seed, team.train().size(), d.batch_size);
  const std::vector<std::uint32_t> batch = batches.at(0);
  double each_model = fastest(9, [&] { trial.step(0, team.train(), batch); }) * static_cast<double>(d.steps);

  const learning::Entries none;
  const Subject subject{"control", control.network(), control.network(), none, {}, {}, {}, control.products()};
  std::map<std::uint64_t, std::vector<const MetricSection*>> by_pace;
  for (const MetricSection& m : d.metrics)
    if (m.info.compares.empty()) by_pace[m.every].push_back(&m);
  // One block in place of every split, then two: the second says what all further ones take. How many a whole split has
  // goes by the test set.
  const auto blocks_of = [&](std::size_t count) { return part_of(data.test, 0, std::min(count, data.test.size())); };
  const Samples one_block = blocks_of(kBlock), two_blocks = blocks_of(2 * kBlock);
  const learning::Inputs one(one_block), two(two_blocks);
  const double further = static_cast<double>(data.test.size() - one.size()) / static_cast<double>(one.size());
  for (const auto& [every, due] : by_pace) {
    const auto seconds = [&](const learning::Inputs& of) {
      return fastest(2, [&] { measure(subject, 0, due, {&of, &of, &of}); });
    };
    const double of_one = seconds(one), of_two = seconds(two);
    each_model += (of_one + further * std::max(of_two - of_one, 0.0)) * static_cast<double>(d.steps / every + 2);
  }
  // A thread without a model helps those that have one: .4 of one of its own, less with hooks, measured with two.
  const std::size_t models = d.models.size(), alone = std::min(threads, models);
  const std::size_t helping = products_can_be_shared(d) ? std::min(threads - alone, models) : 0;
  return each_model * static_cast<double>(models) / (static_cast<double>(alone) + .4 * static_cast<double>(helping));
}

/// One run from the moment its data is there.
class Run {
 public:
  Run(const Description& d, plugins::Catalogue& catalogue, const RunOptions& options, const LoadedData& loaded,
      Observer& observer)
      : d_(d),
        options_(options),
        observer_(observer),
        folder_(make_run_folder(d.name, configuration_hash(d, loaded), options.out)),
        record_(d, catalogue, options, loaded, folder_),
        summary_(d),
        csv_(folder_ / "metrics.csv"),
        team_(d, loaded.data, options.threads, options.stop_signal) {
    copy_pipeline();
    record_.write("running");
    csv_.append("step,model,metric,layer,value\n");
    Heading heading{d,
                    loaded.shape,
                    {},
                    folder_,
                    options.threads,
                    0,
                    d.kernels == learning::Kernels::own ? "own kernels (" + learning::own_level() + ")"
                                                        : "OpenBLAS (" + learning::blas_core() + ")"};
    for (const auto& [id, p] : catalogue.loaded()) heading.plugins.emplace_back(id, p.library);
    try {
      heading.estimated_seconds = estimate_seconds(d, loaded.data, team_, options.threads);
    } catch (...) {
      // What fails on a trial of one block will say so itself, with its name, if it fails in the run too.
    }
    observer_.heading(heading);
    for (const ReportSection& r : d.reports) due_.push_back(r.every ? 0 : d.steps + 1);
  }

  Outcome train() {
    try {
      team_.start();
      for (bool over = false; !over;) {
        Team::News news = team_.wait(0.2);
        keep(std::move(news.rows));
        run_due_reports(news.horizon);
        tell_progress();
        over = news.over;
      }
      team_.rethrow();
      return conclude();
    } catch (const std::exception& e) {
      leave_what_is_there(e.what());
      throw;
    }
  }

 private:
  Outcome conclude() {
    const bool stopped = options_.stop_signal && *options_.stop_signal != 0 && !all_ended();
    Outcome outcome{stopped ? Status::stopped : Status::finished, folder_, d_.models.size()};
    for (const Member& m : team_.members()) {
      if (m.failure.empty()) continue;
      ++outcome.failed_models;
      outcome.plugin_failed |= m.plugin_failed;
    }
    finish(stopped ? "stopped" : outcome.failed_models ? "finished, some models failed" : "finished");
    for (const ReportSection& r : d_.reports) write_report(r, {stopped ? last_step_ : d_.steps, true});
    return outcome;
  }

  void copy_pipeline() {
    std::ifstream given(d_.file, std::ios::binary);
    write_text(folder_ / "pipeline.ini", {std::istreambuf_iterator<char>(given), {}});
    write_text(folder_ / "resolved.ini", config::as_ini(d_.resolved, false));
  }

  void keep(std::vector<Ordering::Released> released) {
    std::string text;
    for (const auto& [step, model, measured] : released) {
      for (const Row& row : measured.rows) {
        text += csv_line(row);
        summary_.add(row);
        last_step_ = row.step;
        if (!row.layer && !d_.metrics.empty() && row.metric == d_.metrics.front().name) newest_[row.model] = row.value;
      }
    }
    if (!text.empty()) csv_.append(text);
    for (const auto& [step, model, measured] : released) nodes_.add(team_.members()[model].name, step, measured.sheets);
  }

  void tell_progress() {
    std::vector<ModelProgress> progress = team_.progress();
    for (ModelProgress& m : progress)
      if (const auto it = newest_.find(m.name); it != newest_.end()) m.newest = it->second;
    observer_.progress(progress, d_.steps, seconds_since(start_));
  }

  bool all_ended() const { return std::ranges::all_of(team_.members(), &Member::ended); }

  /// A report is due once the rows of its step are written: never for a step that no model came to.
  void run_due_reports(std::uint64_t horizon) {
    for (std::size_t i = 0; i < d_.reports.size(); ++i)
      for (; due_[i] < horizon && due_[i] <= last_step_ && due_[i] < d_.steps; due_[i] += d_.reports[i].every) {
        try {
          write_nodes();
        } catch (const std::exception& e) {
          observer_.warning(e.what());  // written again at the end
        }
        write_report(d_.reports[i], {due_[i], false});
      }
  }

  void write_report(const ReportSection& report, const Occasion& occasion) {
    const learning::Speaks speaks({"report", report.plugin.c_str(), "Report::write", "", occasion.step});
    const config::Place& place = report.word.place;
    const std::string who = "report '" + report.plugin + "' in [report:" + report.name + "] (" + place.file +
                            (place.line ? ":" + std::to_string(place.line) : "") + ") failed";
    try {
      observer_.lines(report.object->write(RunResults(folder_), occasion));
    } catch (const std::exception& e) {
      observer_.warning(who + ": " + e.what());
    } catch (...) {
      observer_.warning(who);
    }
  }

  void write_nodes() {
    if (!nodes_.empty()) nodes_.write(folder_ / "nodes.h5");
  }

  /// The rows are on disk already; what goes wrong here must not hide why the run ends.
  void leave_what_is_there(const std::string& why) noexcept {
    const auto attempt = [](auto&& write) {
      try {
        write();
      } catch (...) {
      }
    };
    attempt([&] { record_.write("failed", {{"run", why}}); });
    attempt([&] { summary_.write(folder_ / "summary.json"); });
    attempt([&] { write_nodes(); });
  }

  void finish(const std::string& status) {
    std::vector<WeightsGroup> groups;
    std::vector<std::unique_ptr<Network>> measured;
    std::map<std::string, std::string> failures;
    for (const Member& m : team_.members()) {
      if (m.stopped_at) record_.stopped_early(m.name, *m.stopped_at);
      if (!m.failure.empty()) {
        failures[m.name] = m.failure;
        observer_.warning("model " + m.name + " stopped: " + m.failure);
        continue;
      }
      const std::string group = &m == &team_.members().front() ? "/control" : "/models/" + m.name;
      if (m.model->measures_other_weights()) {
        measured.push_back(std::make_unique<Network>(m.model->measured_network(m.steps)));
        groups.push_back({group, measured.back().get(), &m.model->states()});
        groups.push_back({group + "/training", &m.model->network(), &m.model->states()});
      } else {
        groups.push_back({group, &m.model->network(), &m.model->states()});
      }
    }
    write_weights(folder_ / "weights.h5", groups);
    write_nodes();
    summary_.write(folder_ / "summary.json");
    record_.write(status, failures);
  }

  const Description& d_;
  const RunOptions& options_;
  Observer& observer_;
  std::filesystem::path folder_;
  RunRecord record_;
  Summary summary_;
  AppendFile csv_;
  NodesFile nodes_;
  std::map<std::string, double> newest_;
  std::uint64_t last_step_ = 0;     // of the rows written so far
  std::vector<std::uint64_t> due_;  // the next step each report is due at
  Clock::time_point start_ = Clock::now();
  Team team_;
};

}  // namespace

Outcome run(const Description& d, plugins::Catalogue& catalogue, const RunOptions& options, Observer& observer) {
  learning::products_use_one_thread();
  const LoadedData loaded = load_data(d, options.threads, options.fetch);
  check_against_data(
      d, loaded.shape,
      learning::Inputs(loaded.data.train).nonnegative() && learning::Inputs(loaded.data.test).nonnegative());
  return Run(d, catalogue, options, loaded, observer).train();
}

}  // namespace pipeline::study
