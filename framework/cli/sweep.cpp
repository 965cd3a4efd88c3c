#include <algorithm>
#include <boost/dll/runtime_symbol_info.hpp>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>

#include "base/cores.hpp"
#include "base/numbers.hpp"
#include "base/shell.hpp"
#include "base/utf8.hpp"
#include "cli/command.hpp"
#include "cli/complain.hpp"
#include "cli/progress.hpp"
#include "cli/stop_signal.hpp"
#include "comparing/statistics.hpp"
#include "config/line.hpp"
#include "results/run_folder.hpp"
#include "running/pages.hpp"
#include "sweep/slurm.hpp"
#include "sweep/tables.hpp"

namespace pipeline::cli {

namespace {

using sweep::Job;
using sweep::Plan;
using sweep::State;
using sweep::States;

/// "training.learning_rate" of an override that sets a key; "" of others.
std::string key_of(const std::string& word) {
  const std::size_t equals = word.find('=');
  return equals == word.npos || word[0] == '+' || word[0] == '~' ? "" : word.substr(0, equals);
}

/// The axis of --seeds N.
std::string axis_of_seeds(const std::string& word) {
  const auto n = base::parse_whole(word);
  if (!n || *n < 1)
    throw UsageError(
        "--seeds " + base::quoted(word) +
        " is not a number of seeds\n  chosen seeds are an axis: pipeline sweep FILE 'pipeline.seed={1,2,3}'");
  return "pipeline.seed={1.." + std::to_string(*n) + "}";
}

/// Axes become keys of [sweep]: words with braces, and a key that occurs several times, because shells expand
/// a={1,2} to a=1 a=2.
Words with_axes(const Words& words) {
  std::map<std::string, Words> values;
  for (const std::string& word : words)
    if (const std::string key = key_of(word); !key.empty()) values[key].push_back(word.substr(key.size() + 1));
  Words out;
  for (const std::string& word : words) {
    const std::string key = key_of(word);
    if (const std::size_t dot = word.find('.'), equals = word.find("={");
        word.starts_with('+') && dot < equals && equals != word.npos) {
      out.push_back(word.substr(0, dot));  // the section is new, the axis sets its key
      out.push_back("+sweep." + word.substr(1));
      continue;
    }
    if (key.find('.') == key.npos) {  // names no section: the reader of overrides complains, with advice
      out.push_back(word);
      continue;
    }
    const Words& all = values[key];
    if (all.empty()) continue;  // the rest of a list that was taken
    if (key.starts_with("sweep.")) {
      out.push_back("+" + word);
    } else if (all.size() > 1) {
      if (std::ranges::any_of(all, [](const std::string& v) { return v.starts_with("{"); }))
        throw UsageError(base::quoted(key) + " is given twice; write all of its values in one pair of braces");
      std::string axis = "+sweep." + key;
      for (const std::string& value : all) axis += (&value == all.data() ? "={" : ", ") + experiment::list_item(value);
      out.push_back(axis + "}");
      values[key].clear();
    } else {
      out.push_back(all.front().starts_with("{") ? "+sweep." + word : word);
    }
  }
  return out;
}

std::string megabytes(double bytes) {
  return bytes < 1e9 ? base::nine_digits(std::ceil(bytes / 1e5) / 10) + " MB"
                     : base::nine_digits(std::ceil(bytes / 1e8) / 10) + " GB";
}

std::string axes_text(const Plan& plan) {
  std::string text;
  for (const experiment::Axis& axis : plan.axes.all) {
    std::string values;
    constexpr std::size_t most = 12;
    for (std::size_t i = 0; i < axis.values.size(); ++i) {
      if (axis.values.size() > most && i == most - 2) {
        values += ", ..., " + axis.values.back();
        break;
      }
      values += (i ? ", " : "") + axis.values[i];
    }
    text += "  " + axis.key + " = " + values + "\n";
  }
  return text;
}

std::size_t count(const States& states, State state) {
  return static_cast<std::size_t>(std::ranges::count(states, state, &sweep::JobState::state));
}

void print_heading(const Plan& plan, const States& states) {
  std::cout << "sweep of " << plan.pipeline << ": " << plural(plan.jobs.size(), "job") << "\n" << axes_text(plan);
  std::cout << "  " << count(states, State::done) << " done, " << count(states, State::failed) << " failed, "
            << count(states, State::missing) << " missing\n  folder " << plan.folder.string() << "\n";
  if (const std::size_t others = sweep::other_runs(plan))
    std::cout << "  " << plural(others, "run") << " of the folder " << (others == 1 ? "is" : "are")
              << " not part of this sweep, and in none of its tables\n";
}

/// Says before anything runs that so few seeds cannot show a difference.
void warn_of_few_seeds(const Plan& plan, pipeline::plugins::Catalogue& catalogue) {
  const auto seeds = std::ranges::find(plan.axes.all, "pipeline.seed", &experiment::Axis::key);
  const std::size_t models = pipeline_of(plan, plan.jobs.front(), catalogue).models.size();
  if (seeds == plan.axes.all.end() || models < 2) return;
  const std::size_t enough = comparing::pairs_testable(models - 1);
  if (seeds->values.size() < enough)
    std::cout << "  note: " << plural(seeds->values.size(), "seed") << " cannot show a difference between "
              << plural(models, "model") << " at the level .05; that takes at least " << enough << "\n";
}

void print_jobs(const Plan& plan, const States& states, pipeline::plugins::Catalogue& catalogue) {
  const sweep::EarlierRuns earlier_runs(plan);
  for (std::size_t i = 0; i < plan.jobs.size(); ++i) {
    const Job& job = plan.jobs[i];
    std::cout << "  " << job.name << "  " << name_of(states[i].state) << "  " << text_of(plan.axes, job.point) << "\n";
    if (states[i].state == State::failed && !states[i].why.empty())
      std::cout << "    " << config::folded(states[i].why, 4, "    ") << "\n";
    if (states[i].state != State::missing) continue;
    if (const auto earlier = earlier_runs.of(job, catalogue)) {
      std::cout << "    runs again, because since " << earlier->name << ":\n";
      for (const std::string& difference : earlier->differences) std::cout << "      " << difference << "\n";
    }
  }
}

void print_estimate(const sweep::Estimate& e, std::size_t cores) {
  std::cout << "  about " << base::nine_digits(std::ceil(e.core_seconds / 36) / 100)
            << " core-hours: " << duration(e.seconds_on(cores)) << " on " << plural(cores, "core") << "; "
            << megabytes(e.bytes) << ", " << e.files << " files\n";
}

class Screen final : public sweep::PoolObserver {
 public:
  Screen(const Plan& plan, ProgressStyle style) : plan_(plan), progress_(style) {}
  void ended(const sweep::Ended& e) override {
    if (e.state != State::failed) return;
    progress_.clear();
    warn("warning: job " + e.job->name + " (" + text_of(plan_.axes, e.job->point) + ") failed: " + e.why);
  }
  void started_over(const Job& job, const std::string& why, const std::filesystem::path& aside) override {
    progress_.clear();
    warn("warning: job " + job.name + " (" + text_of(plan_.axes, job.point) +
         ") starts over; what there was of it is in " + aside.string() + "\n  " + why);
  }
  void progress(const sweep::SweepProgress& p) override { progress_.show(p); }
  void clear() { progress_.clear(); }

 private:
  const Plan& plan_;
  SweepProgressShown progress_;
};

/// Prints how the jobs stand. Returns the exit code.
int report(const Plan& plan, const States& states, const std::string& advice) {
  const std::size_t done = count(states, State::done), failed = count(states, State::failed),
                    missing = count(states, State::missing);
  const std::size_t partly = static_cast<std::size_t>(std::ranges::count(states, true, &sweep::JobState::partly));
  std::cout << done << " done, " << failed << " failed, " << missing << " missing\n";
  if (partly) std::cout << "in " << partly << " of the failed jobs some models finished\n";
  std::cout << "results in " << plan.folder.string() << "\n" << advice;
  if (failed == 0 && missing == 0) return Exit::ok;
  return done + partly > 0 ? Exit::some_models_failed : Exit::nothing_trained;
}

/// "2/10"
std::pair<std::size_t, std::size_t> part_in(const std::string& word) {
  const std::size_t slash = word.find('/');
  const auto k = base::parse_whole(word.substr(0, slash)),
             n = slash == word.npos ? std::nullopt : base::parse_whole(word.substr(slash + 1));
  if (!k || !n || *k < 1 || *k > *n) throw UsageError("--part " + base::quoted(word) + " is not K/N, such as 2/10");
  return {*k, *n};
}

/// Writes the tables, and says how the sweep stands. Returns the exit code.
int gather(const Plan& plan, const States& states, pipeline::plugins::Catalogue& catalogue) {
  write_jobs(plan, states);
  write_table(plan, states);
  std::string advice;
  try {
    if (write_comparison(plan, [](const std::string& w) { warn("warning: " + w); }))
      advice = "to compare the models: " + base::shell_command({"pipeline", "compare", plan.folder.string()}) + "\n";
  } catch (const std::exception& e) {
    warn(std::string("warning: no comparison.csv: ") + e.what());
  }
  try {
    const ReportOutput pages = running::write_pages(plan.folder, catalogue);
    for (const std::string& line : pages.lines) advice += line + "\n";
    for (const std::string& warning : pages.warnings) warn("warning: " + warning);
  } catch (const std::exception& e) {
    warn(std::string("warning: no page of the sweep: ") + e.what());
  }
  return report(plan, states, advice);
}

int submit_to_slurm(const Plan& plan, const States& states, const sweep::SlurmOptions& how,
                    const sweep::Estimate& estimated, bool dry_run) {
  const std::size_t tasks = tasks_for(estimated, how.cores);
  if (tasks == 0) {
    std::cout << "nothing is missing\n";
    return Exit::ok;
  }
  if (!sweep::script_can_name(plan.folder))
    throw UsageError("the sweep's folder, " + base::quoted_path(plan.folder.string()) +
                     ", has a quote, a backslash or a control character in its name, which a Slurm script cannot name; "
                     "give another one: --out DIR");
  const std::string script = script_of(plan, tasks, how);
  if (dry_run) {
    std::cout << script;
    return Exit::ok;
  }
  results::write_file(plan.sweep_ini(), plan.ini);
  write_jobs(plan, states);
  const std::string number = submit(plan, script);
  std::cout << "submitted job " << number << ": " << plural(tasks, "task") << " for " << plural(estimated.jobs, "job")
            << "\nwhen it has ended: "
            << base::shell_command(
                   {"pipeline", "sweep", plan.sweep_ini().string(), "--out", plan.folder.string(), "--gather"})
            << "\n";
  return Exit::ok;
}

}  // namespace

int sweep(const Words& words) {
  options::options_description visible("options");
  visible.add_options()("out", options::value<std::string>()->value_name("DIR"),
                        "the sweep's folder; default sweeps/NAME/HASH; the same folder again runs what is missing")(
      "slurm", "submit the jobs as a Slurm job array instead; with --dry-run, print its script")(
      "sbatch", options::value<Words>()->composing()->value_name("OPTION"),
      "an option for sbatch, such as --sbatch=--time=2:00:00 (repeatable)")(
      "part", options::value<std::string>()->value_name("K/N"),
      "run part K of N of the jobs and write no tables: on several machines that share the folder")(
      "list", "print the command of every missing job, a line each, for other ways to run them; run nothing")(
      "gather", "write the tables of the jobs that have ended; run nothing")(
      "dry-run", "list the jobs and what they cost; run nothing")(
      "budget", options::value<double>()->value_name("HOURS"), "refuse a sweep that needs more core-hours")(
      "threads", options::value<std::size_t>()->value_name("N"),
      "processor cores that the jobs divide; default: those that this process may use")(
      "seeds", options::value<std::string>()->value_name("N"), "short for pipeline.seed={1..N}")(
      "lean", "no reports: at most 12 files a run")("fail-fast", "the first failed job stops the others")(
      "retry-failed", "run failed jobs again")(
      "progress", options::value<std::string>()->default_value("auto")->value_name("STYLE"),
      "auto, bar, line, json or none")("offline", "never download data");
  add_plugin_options(visible);
  const Parsed parsed(
      words, "sweep FILE section.key={...} ... [section.key=value ...] [options]",
      "Runs the pipeline once for every combination of values in braces, several runs at a time, and\n"
      "gathers their measurements. The same command again runs only what is missing. Values are lists\n"
      "{1, 2}, ranges {1..10} or {1..10..3}, spaced {1e-4..1 log 5} or {0..1 linear 5}, or drawn\n"
      "{1e-4..1 log random} with sweep.draws=20. They may be in a [sweep] section of the file, too.\n"
      "Exit: as run; 5 some jobs failed, 1 all failed, 75 stopped by a signal: the same command continues.",
      visible,
      "  pipeline sweep quickstart.ini pipeline.seed={1..10} --out seeds\n"
      "  pipeline sweep quickstart.ini 'training.learning_rate={0.01..1 log 3}' --dry-run");
  if (parsed.help_given()) return Exit::ok;
  if (parsed.positional().empty()) throw UsageError("sweep needs a pipeline file: pipeline sweep FILE key={...}");
  const ProgressStyle style = progress_style(parsed.get<std::string>("progress"));
  const bool to_slurm = parsed.has("slurm");
  const std::size_t cores = parsed.has("threads") ? parsed.get<std::size_t>("threads")
                            : to_slurm            ? 1
                                                  : base::usable_cores();
  if (cores < 1 || cores > 4096) throw UsageError("--threads must be a number from 1 to 4096");

  const std::atomic<int>& stop_signal = listen_for_signals();
  pipeline::plugins::Catalogue catalogue = catalogue_from(parsed);
  const std::string& file = parsed.positional().front();
  sweep::PlanOptions how;
  if (parsed.has("out")) how.out = parsed.get<std::string>("out");
  if (parsed.has("out") && how.out.empty()) throw UsageError("--out is empty; give a folder: --out DIR");
  how.threads = cores;
  how.fetch.offline = parsed.has("offline");
  how.fetch.pipeline_file = file;
  how.warn = [](const std::string& warning) { warn("warning: " + warning); };
  how.stop_signal = &stop_signal;
  Words overrides(parsed.positional().begin() + 1, parsed.positional().end());
  if (parsed.has("seeds")) overrides.push_back(axis_of_seeds(parsed.get<std::string>("seeds")));
  Plan plan;
  try {
    plan = make_plan(find_pipeline(file, style != ProgressStyle::json), with_axes(overrides), catalogue, how);
  } catch (const sweep::Stopped&) {
    warn("stopped by a signal before any job was started; the same command starts them");
    return Exit::stopped;
  }
  if (results::holds_a_run(plan.folder))
    throw UsageError("--out " + base::quoted_path(plan.folder.string()) + " is the folder of a run; give another one");

  States states = states_of(plan);
  std::vector<std::size_t> jobs = jobs_to_run(states, parsed.has("retry-failed"));
  if (parsed.has("part")) {
    const auto [k, n] = part_in(parsed.get<std::string>("part"));
    const std::vector<std::size_t> part = part_of(plan, k, n);
    std::erase_if(jobs, [&](std::size_t i) { return std::ranges::find(part, i) == part.end(); });
  }
  Words for_runs;
  for (const char* option : {"offline", "lean", "no-user-plugins"})
    if (parsed.has(option)) for_runs.push_back(std::string("--") + option);
  if (parsed.has("plugin-path"))
    for (const std::string& folder : parsed.get<Words>("plugin-path"))
      for_runs.insert(for_runs.end(), {"--plugin-path", std::filesystem::absolute(folder).string()});
  const std::string program = boost::dll::program_location().string();

  if (!parsed.has("list")) print_heading(plan, states);
  if (parsed.has("gather")) return gather(plan, states, catalogue);
  if (!parsed.has("list")) warn_of_few_seeds(plan, catalogue);
  if (parsed.has("dry-run") || parsed.has("budget") || to_slurm) {
    const sweep::Estimate e = estimate(plan, states, jobs, catalogue, {how.fetch, parsed.has("lean")});
    if (parsed.has("dry-run") && !to_slurm) print_jobs(plan, states, catalogue);
    if (!parsed.has("list")) print_estimate(e, cores);
    if (parsed.has("budget") && e.core_seconds > 3600 * parsed.get<double>("budget"))
      throw UsageError("the sweep needs more than the " + base::nine_digits(parsed.get<double>("budget")) +
                       " core-hours of --budget; nothing was started");
    if (to_slurm) {
      for (const char* option : {"retry-failed", "fail-fast"})
        if (parsed.has(option)) for_runs.push_back(std::string("--") + option);
      return submit_to_slurm(plan, states,
                             {program, cores, for_runs, parsed.has("sbatch") ? parsed.get<Words>("sbatch") : Words{}},
                             e, parsed.has("dry-run"));
    }
    if (parsed.has("dry-run")) return Exit::ok;
  }
  if (!parsed.has("part") || !std::filesystem::exists(plan.sweep_ini()))
    results::write_file(plan.sweep_ini(), plan.ini);
  if (!parsed.has("part")) write_jobs(plan, states);
  if (parsed.has("list")) {
    if (jobs.empty()) warn("nothing is missing");
    for (const std::size_t i : jobs) {
      Words command = command_of(plan, plan.jobs[i], parsed.has("threads") ? cores : 1, for_runs);
      command.insert(command.begin(), program);
      std::cout << base::shell_command(command) << "\n";
    }
    return Exit::ok;
  }
  std::cout << std::endl;

  sweep::PoolOptions pool;
  pool.program = program;
  pool.cores = cores;
  pool.words = for_runs;
  pool.fail_fast = parsed.has("fail-fast");
  pool.stop_signal = &stop_signal;
  {
    Screen screen(plan, style);
    states = run_jobs(plan, jobs, pool, screen);
    screen.clear();
  }
  int code = 0;
  if (parsed.has("part")) {
    const auto [k, n] = part_in(parsed.get<std::string>("part"));
    States ours;
    for (const std::size_t i : part_of(plan, k, n)) ours.push_back(states[i]);
    code = report(plan, ours,
                  "when all parts have ended: " +
                      base::shell_command(
                          {"pipeline", "sweep", plan.sweep_ini().string(), "--out", plan.folder.string(), "--gather"}) +
                      "\n");
    states = std::move(ours);
  } else {
    code = gather(plan, states, catalogue);
  }
  if (stop_signal != 0 && count(states, State::missing) > 0) {
    warn("stopped: finished runs and checkpoints are kept; the same command continues");
    return Exit::stopped;
  }
  return code;
}

}  // namespace pipeline::cli
