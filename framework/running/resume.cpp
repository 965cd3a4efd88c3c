#include "running/resume.hpp"

#include <gnu/libc-version.h>

#include <algorithm>
#include <boost/dll/runtime_symbol_info.hpp>
#include <charconv>
#include <ranges>

#include "base/sha256.hpp"
#include "base/utf8.hpp"
#include "results/run_json.hpp"

namespace pipeline::running {
namespace fs = std::filesystem;

using experiment::Difference;
using experiment::Identity;
using results::Checkpoint;
using results::Checkpoints;
using results::RunFolder;

namespace {

std::optional<std::uint64_t> number_in(const std::string& text) {
  std::uint64_t n = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  return error == std::errc{} && end == text.data() + text.size() ? std::optional(n) : std::nullopt;
}

bool has_fewer_steps(const Difference& d) {
  const auto before = number_in(d.before), now = number_in(d.now);
  return d.name == "training.steps" && !(before && now && *now >= *before);
}

/// Whether the rate of some step depends on how many there are.
bool rates_depend_on_steps(const Identity& identity) {
  return std::ranges::any_of(identity, [](const auto& value) {
    const bool is_schedule = value.first.ends_with(".schedule") || value.first.ends_with(".strength_schedule");
    return is_schedule && (value.second == "linear" || value.second == "cosine");
  });
}

/// A run may go on for more steps than it was started with, unless its first steps would have been others.
std::vector<Difference> forbidden(const Identity& before, const Identity& now) {
  std::vector<Difference> out = experiment::differences(before, now);
  if (!rates_depend_on_steps(now))
    std::erase_if(out, [](const Difference& d) { return d.name == "training.steps" && !has_fewer_steps(d); });
  return out;
}

/// A line for each difference. `steps_change_rates`: that more steps are a change at all is explained.
std::string listed(const std::vector<Difference>& changed, bool steps_change_rates) {
  constexpr std::size_t most = 20;
  const auto value = [](const std::string& v) { return v.empty() ? "(nothing)" : base::quoted(v); };
  std::string text;
  for (const Difference& d : changed | std::views::take(most))
    text += "\n  " + base::printable(d.name) + ": was " + value(d.before) + ", is now " + value(d.now) +
            (has_fewer_steps(d) ? "; a run can be given more steps, not fewer"
             : d.name == "training.steps" && steps_change_rates
                 ? "; the schedule makes every rate or strength depend on the number of steps"
                 : "");
  if (changed.size() > most) text += "\n  and " + std::to_string(changed.size() - most) + " more";
  return text;
}

/// What refuses a run to these settings.
struct Changed {
  std::vector<Difference> differences;
  bool too_few_steps = false;  // a model has made more updates than there would be
};

Changed changed_since(const Checkpoint& checkpoint, const Identity& now, const experiment::Pipeline& p) {
  const bool past = std::ranges::any_of(
      checkpoint.tasks, [&](const results::SavedTask& task) { return results::has_made_more_updates(task, p.steps); });
  return {forbidden(checkpoint.identity, now), past};
}

bool is_finished(const std::string& status) { return status.starts_with("finished"); }

/// What run.json says; nothing where it cannot be read.
results::RunInfo info_of(const RunFolder& run) try {
  return results::read_run_json(run.run_json());
} catch (const std::exception&) {
  return {};
}

[[noreturn]] void refuse_changed(const RunFolder& run, const Changed& changed, const RunOptions& options) {
  const results::RunInfo info = info_of(run);
  std::error_code none;
  const std::string folder = info.directory == fs::current_path(none) ? "" : ", in " + info.directory + ",";
  throw ResumeRefused(
      "cannot resume " + run.path.string() + ": something has changed since its last checkpoint" +
      listed(changed.differences, true) +
      (info.command.empty() ? "" : "\n  " + base::printable("its last command" + folder + " was: " + info.command)) +
      "\n  " + (changed.too_few_steps ? "" : "--allow-changed continues all the same; ") + how_to_start_anew(options));
}

/// Whether a file that could not be opened cannot be opened later either, unlike one on a disk that does not answer.
bool stays_unreadable(const base::FileError& e) {
  return e.code == EACCES || e.code == EPERM || e.code == EROFS || e.code == ENOENT || e.code == ENOTDIR;
}

/// Ends the attempt. It is a refusal only if the file stays unreadable: a sweep starts a job over if its run is refused.
[[noreturn]] void give_up(const RunFolder& run, const base::FileError& e) {
  const std::string message = "cannot resume " + run.path.string() + ": " + e.what();
  if (stays_unreadable(e)) throw ResumeRefused(message);
  throw std::runtime_error(message);
}

[[noreturn]] void lacks_memory(const RunFolder& run, const fs::path& checkpoint) {
  throw std::runtime_error("cannot resume " + run.path.string() + ": there is not enough memory to read " +
                           checkpoint.filename().string());
}

/// The newest checkpoint that can be read, without a lock: to choose among runs.
std::optional<Checkpoint> peek(const RunFolder& run) {
  for (const fs::path& file : Checkpoints(run.checkpoints()).files()) try {
      return results::read_checkpoint(file);
    } catch (const std::bad_alloc&) {
      lacks_memory(run, file);
    } catch (const base::FileError& e) {
      if (!stays_unreadable(e)) give_up(run, e);  // passed over: somebody else's run, or a file that its writer removed
    } catch (const std::exception&) {
      continue;
    }
  return std::nullopt;
}

base::AppendFile lock(const RunFolder& run) try {
  return base::AppendFile::existing(run.metrics_csv());
} catch (const base::FileError& e) {
  if (e.code == EWOULDBLOCK)
    throw ResumeRefused("cannot resume " + run.path.string() +
                        ": another process is writing this run\n  wait for it to end, or stop it");
  give_up(run, e);
}

/// Whether a run was ended while it created its folder: it has no results yet, and may start over there.
bool has_just_begun(const RunFolder& run, const std::string& status) {
  std::error_code none;
  for (const fs::path& result : {run.weights_h5(), run.nodes_h5(), run.summary_json()})
    if (fs::exists(result, none)) return false;
  const bool unwritten = !fs::exists(run.run_json(), none);
  return (unwritten || status == "running" || status == "failed") && results::holds_no_rows(run.metrics_csv());
}

/// Opens the run, and only then judges what its files say.
Resumption open(const RunFolder& run, const experiment::Pipeline& p, const Identity& now,
                const std::string& configuration, const RunOptions& options) {
  Resumption r{run, lock(run), {}, {}, {}, false, false, false, 0, {}};
  const results::RunInfo info = info_of(run);
  const std::string& status = info.status;
  const bool damaged = info.metrics_end &&
                       (r.metrics.size() != info.metrics_end->size || r.metrics.sha256() != info.metrics_end->sha256);
  std::string why_not;
  for (const fs::path& file : Checkpoints(run.checkpoints()).files()) try {
      Checkpoint c = results::read_checkpoint(file);
      if (r.metrics.size() < c.metrics.size)
        throw std::runtime_error(run.metrics_csv().string() + " was cut short: it has " +
                                 std::to_string(r.metrics.size()) + " bytes, not the " +
                                 std::to_string(c.metrics.size) + " that were written before " +
                                 file.filename().string());
      if (r.metrics.sha256_of_first(c.metrics.size) != c.metrics.sha256)
        throw std::runtime_error(run.metrics_csv().string() + ": its first " + std::to_string(c.metrics.size) +
                                 " bytes are not those that were written before " + file.filename().string());
      results::expect_nodes(run.nodes_h5(), c.nodes);
      r.checkpoint = std::move(c);
      r.checkpoint_file = file;
      break;
    } catch (const std::bad_alloc&) {  // says nothing of the file
      lacks_memory(run, file);
    } catch (const base::FileError& e) {
      give_up(run, e);
    } catch (const std::exception& e) {
      why_not += (why_not.empty() ? "" : "\n  ") + std::string(e.what());
    }
  if (!r.checkpoint) {
    if (is_finished(status) && !damaged && info.configuration == configuration) {
      r.finished = r.nothing_to_do = true;
      r.failed_models = info.failures.size();
      return r;
    }
    if (!has_just_begun(run, status) || !why_not.empty())
      throw ResumeRefused("cannot resume " + run.path.string() + ": " +
                          (!why_not.empty()      ? why_not
                           : damaged             ? "metrics.csv is not as the run left it, and there is no checkpoint"
                           : is_finished(status) ? "it is finished, and has no checkpoint"
                                                 : "it has no checkpoint (was it started with checkpoint = 0?)") +
                          "\n  " + how_to_start_anew(options));
    return r;
  }
  if (!why_not.empty()) r.warnings.push_back("goes back to an older checkpoint: " + why_not);
  if (why_not.empty() && damaged && is_finished(status))
    r.warnings.push_back("goes back to its last checkpoint: " + run.metrics_csv().string() +
                         " is not as the run left it");
  r.changed = experiment::differences(r.checkpoint->identity, now);
  if (options.allow_changed && !r.changed.empty())
    r.warnings.push_back("continues although something has changed:" + listed(r.changed, rates_depend_on_steps(now)));
  if (is_finished(status)) {
    const bool more_steps = p.steps > r.checkpoint->steps;
    r.finished = more_steps || !damaged;  // otherwise it is repaired in its own folder
    r.nothing_to_do = r.finished && !more_steps;
    r.has_final_reports = info.has_final_reports;
    r.failed_models = info.failures.size();
  }
  if (const Changed changed = changed_since(*r.checkpoint, now, p);
      !changed.differences.empty() && !options.allow_changed)
    refuse_changed(run, changed, options);
  return r;
}

/// The folder that the path leads to now: the link `latest` may lead to another run before this one ends.
RunFolder run_at(const fs::path& path) {
  std::error_code unreadable;
  const fs::path whole = fs::absolute(path).lexically_normal(), real = fs::weakly_canonical(whole, unreadable);
  return {unreadable ? whole : real};
}

bool is_run(const RunFolder& run) {
  std::error_code none;
  return fs::is_regular_file(run.metrics_csv(), none);
}

}  // namespace

std::string how_to_start_anew(const RunOptions& options) {
  if (!options.resume_from.empty() || options.out.empty())
    return "without --resume a new run is started, and this one stays as it is";
  return "a new run needs another folder: --out DIR";
}

Identity with_machine(Identity identity, const experiment::Pipeline& p) {
  static const std::string engine = base::sha256_of(boost::dll::this_line_location().string());
  identity.emplace_back("engine", PIPELINE_VERSION ", SHA-256 " + engine);
  identity.emplace_back("C library", gnu_get_libc_version());
  identity.emplace_back("kernels", p.kernels == kernels::Backend::blas
                                       ? kernels::blas_library() + " " + kernels::blas_core()
                                   : kernels::own_fuses() ? "with fused multiply-add"
                                                          : "without fused multiply-add");
  return identity;
}

std::optional<Resumption> find_run_to_resume(const experiment::Pipeline& p, const Identity& now,
                                             const std::string& configuration, const RunOptions& options) {
  if (!options.resume_from.empty()) {
    const RunFolder run = run_at(options.resume_from);
    std::error_code none;
    if (!fs::exists(run.path, none)) throw ResumeRefused("cannot resume " + run.path.string() + ": it does not exist");
    if (!is_run(run))
      throw ResumeRefused("cannot resume " + run.path.string() + ": it has no metrics.csv, so it is not a run folder" +
                          (is_run({run.path / "latest"})
                               ? "\n  its newest run: --resume " + (options.resume_from / "latest").string()
                               : ""));
    Resumption r = open(run, p, now, configuration, options);
    if (!options.out.empty() && r.nothing_to_do)
      throw ResumeRefused("cannot resume " + run.path.string() + " in " + options.out.string() +
                          ": it is finished already, with as many steps\n  give it more: training.steps=N; or leave "
                          "out --out");
    if (!options.out.empty() && !r.finished)
      throw ResumeRefused("cannot resume " + run.path.string() + " in " + options.out.string() +
                          ": an unfinished run continues in its own folder\n  leave out --out");
    return r;
  }
  if (!options.out.empty()) {
    const RunFolder run = run_at(options.out);
    std::error_code none;
    const bool was_run = fs::exists(run.run_json(), none);  // metrics.csv is there before it
    if (!is_run(run) && was_run)
      throw ResumeRefused("cannot resume " + run.path.string() +
                          ": it has no metrics.csv\n  if it is a copy, copy that file too; " +
                          how_to_start_anew(options));
    if (!is_run(run)) return std::nullopt;
    Resumption r = open(run, p, now, configuration, options);
    if (r.finished && !r.nothing_to_do)
      throw ResumeRefused("cannot resume " + run.path.string() + ": it finished after " +
                          std::to_string(r.checkpoint->steps) + " steps, and stays as it is" +
                          "\n  to continue it in a new folder: --resume " + run.path.string() + " --out DIR");
    return r;
  }
  std::optional<RunFolder> damaged, other;
  Changed changed;
  for (const RunFolder& run : results::runs_of(p.name)) {
    if (!is_run(run) || is_finished(info_of(run).status) || Checkpoints(run.checkpoints()).files().empty()) continue;
    const std::optional<Checkpoint> newest = peek(run);
    if (!newest) {
      if (!damaged) damaged = run;
      continue;
    }
    const Changed differing = changed_since(*newest, now, p);
    if (differing.differences.empty() || options.allow_changed) {
      Resumption r = open(run, p, now, configuration, options);
      if (damaged)
        r.warnings.push_back("continues an older run: no checkpoint of " + damaged->path.string() + " can be read");
      return r;
    }
    if (!other) other = run, changed = differing;
  }
  if (damaged) return open(*damaged, p, now, configuration, options);  // says what is damaged
  if (other) refuse_changed(*other, changed, options);
  return std::nullopt;
}

}  // namespace pipeline::running
