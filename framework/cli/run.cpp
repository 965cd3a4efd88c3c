#include <algorithm>
#include <csignal>
#include <iostream>
#include <nlohmann/json.hpp>

#include "base/cores.hpp"
#include "base/numbers.hpp"
#include "base/shell.hpp"
#include "cli/command.hpp"
#include "cli/complain.hpp"
#include "cli/progress.hpp"
#include "cli/stop_signal.hpp"
#include "config/complaint.hpp"
#include "results/run_folder.hpp"
#include "running/run.hpp"

namespace pipeline::cli {

namespace {

/// Stopped before there were any results to keep.
struct Interrupted {};

/// "l2 (lambda = 5e-05)": an entry with its settings, without plugin, layers and biases where they are the usual ones.
std::string entry_text(const experiment::Pipeline& p, const std::string& model, const std::string& entry) {
  std::string inside;
  for (const config::ResolvedSection& section : p.resolved) {
    if (section.name != "model:" + model) continue;
    for (const config::Setting& s : section.settings) {
      const std::string key = s.key.starts_with(entry + ".") ? s.key.substr(entry.size() + 1) : "";
      const bool usual = (key == "plugin" && s.value == entry) || (key == "layers" && s.value == "all") ||
                         (key == "biases" && s.value == "no");
      if (!key.empty() && !usual) inside += (inside.empty() ? "" : ", ") + key + " = " + s.value;
    }
  }
  return entry + (inside.empty() ? "" : " (" + inside + ")");
}

/// ", ReLU", or ", tanh, gelu" where layers differ.
std::string activations_text(const NetworkShape& network) {
  std::string text;
  for (std::size_t l = 1; l < network.layers(); ++l) {
    const ActivationFunction each = network.activation(l);
    const bool all = std::ranges::all_of(network.activations, [&](ActivationFunction other) { return other == each; });
    text += std::string(", ") + (each == ActivationFunction::relu ? "ReLU" : name_of(each));
    if (all) break;
  }
  return text;
}

/// Checked before any work: a run must not fail after hours, nor write into another run, but to continue it.
std::filesystem::path out_folder(const std::string& out, bool continues) {
  std::error_code error;
  if (out.empty()) throw UsageError("--out is empty; give a new folder: --out DIR");
  if (!std::filesystem::exists(out, error)) return out;
  if (!std::filesystem::is_directory(out, error)) throw UsageError("--out " + out + " is a file; give a new folder");
  if (results::is_free(out)) return out;
  // Asked after that, because another process may begin a run here at this moment: metrics.csv is its first file.
  const bool holds_a_run = results::holds_a_run(out),
             was_a_run = std::filesystem::exists(results::RunFolder{out}.run_json(), error);
  if (!(continues && (holds_a_run || was_a_run)))
    throw UsageError("--out " + out + " is not empty; give a new folder: earlier results are never overwritten" +
                     (holds_a_run ? "\n  to continue the run in it: --resume --out " + base::shell_word(out) : ""));
  return out;
}

/// Without gnuplot the folder contains only scripts and data.
bool has_pictures(const std::filesystem::path& folder) {
  std::error_code none;
  return std::ranges::any_of(std::filesystem::directory_iterator(folder, none), [](const auto& file) {
    const std::filesystem::path kind = file.path().extension();
    return kind == ".png" || kind == ".svg" || kind == ".pdf";
  });
}

class Screen final : public running::Observer {
 public:
  /// `resumes_from`: where --resume looks; empty without it.
  Screen(ProgressStyle style, const std::string& value_name, std::string resumes_from)
      : json_(style == ProgressStyle::json), resumes_from_(std::move(resumes_from)), progress_(style, value_name) {}

  void heading(const running::Heading& h) override {
    const experiment::Pipeline& p = h.pipeline;
    std::cout << "pipeline " << p.name << ", seed " << p.seed << "\n";
    std::cout << "  dataset    " << p.dataset.plugin.name;
    for (const experiment::WrapperConfig& w : p.wrappers) std::cout << ", " << w.plugin.name;
    std::cout << ": " << h.data.train << " training"
              << (h.data.validation ? ", " + std::to_string(h.data.validation) + " validation" : "") << " and "
              << h.data.test << " test "
              << (h.data.image.width
                      ? "images of " + std::to_string(h.data.image.height) + " x " + std::to_string(h.data.image.width)
                      : "samples of " + plural(h.data.features, "feature"))
              << ", " << h.data.classes << " classes\n";
    std::cout << "  network    ";
    for (std::size_t i = 0; i < p.network.sizes.size(); ++i) std::cout << (i ? " - " : "") << p.network.sizes[i];
    std::cout << activations_text(p.network) << (p.network.output_bias ? "" : ", no output bias");
    if (p.start.rule != learning::StartingWeights::Rule::truncated_normal)
      std::cout << ", starts " << learning::name_of(p.start.rule);
    std::cout << "\n";
    std::cout << "  training   " << plural(p.steps, "step") << " of " << plural(p.batch_size, "sample") << "; "
              << (p.network.loss == LossFunction::squared_error ? "squared error, " : "") << h.kernels << ", "
              << plural(h.threads, "thread") << "\n";
    for (std::size_t i = 0; i < p.models.size(); ++i) {
      const experiment::ModelConfig& m = p.models[i];
      std::string text = m.name + ": " + (m.regularisers.empty() ? "no regulariser" : "");
      for (std::size_t j = 0; j < m.regularisers.size(); ++j)
        text += (j ? ", " : "") + entry_text(p, m.name, m.regularisers[j].name);
      if (m.optimiser.name != default_optimiser) text += "; " + m.optimiser.name;
      text += "; learning rate " + base::shortest(m.learning_rate);
      if (m.schedule.shape != learning::Schedule::Shape::constant || m.schedule.warmup > 0)
        text += std::string(", ") + learning::name_of(m.schedule.shape) +
                (m.schedule.warmup > 0 ? " after " + plural(m.schedule.warmup, "step") + " of warm-up" : "");
      print_part(i ? "" : "models", text);
    }
    for (std::size_t i = 0; i < p.metrics.size(); ++i)
      std::cout << (i ? "             " : "  metrics    ") << p.metrics[i].name << " every " << p.metrics[i].every
                << (p.metrics[i].info.looks == Looks::at_samples ? ", on " + p.metrics[i].on : "") << "\n";
    std::string plugins;
    for (const auto& [id, library] : h.plugins) plugins += (plugins.empty() ? "" : ", ") + id;
    print_part("plugins", plugins);
    if (p.has_sweep) print_part("sweep", "this is one run; `pipeline sweep` runs all that [sweep] describes");
    std::cout << "  results    " << h.folder.string() << "\n";
    if (h.resumes_at) std::cout << "  resumes    at step " << *h.resumes_at << " of " << p.steps << "\n";
    if (!resumes_from_.empty() && !h.resumes_at)
      std::cout << "  resumes    nothing: no checkpoint of an unfinished run in " << resumes_from_
                << "; this run starts at step 0\n";
    std::cout << "  about " << duration(h.estimated_seconds) << "\n" << std::endl;
  }

  void progress(const std::vector<running::ModelProgress>& models, std::uint64_t steps, double seconds) override {
    progress_.show(models, steps, seconds);
  }
  void lines(const std::vector<std::string>& lines) override {
    progress_.clear();
    for (const std::string& line : lines) std::cout << line << "\n";
    std::cout << std::flush;
  }
  void warning(const std::string& message) override { print_message("warning", message); }
  void stopped(const running::RunOutcome& outcome, const std::string& again) {
    if (outcome.checkpoint_at && outcome.why_no_newer_checkpoint.empty())
      print_message("stopped", (outcome.models > 1 ? "the model furthest behind is at step " : "at step ") +
                                   std::to_string(*outcome.checkpoint_at) +
                                   "; results so far are kept\n  to continue: " + again);
    else if (outcome.checkpoint_at)
      print_message("stopped", "results so far are kept, but the last checkpoint is of step " +
                                   std::to_string(*outcome.checkpoint_at) +
                                   ", because no newer one could be written: " + outcome.why_no_newer_checkpoint +
                                   "\n  to continue from there: " + again);
    else
      print_message("stopped", "results so far are kept; there is no checkpoint to continue from");
  }
  void clear() { progress_.clear(); }

 private:
  /// A line of the heading, wrapped with a hanging indent.
  static void print_part(const std::string& name, const std::string& text) {
    const std::string margin(13, ' ');
    std::cout << "  " << name << margin.substr(name.size() + 2) << config::folded(text, margin.size(), margin) << "\n";
  }
  /// Writes a word and its message to standard error, as a line or as a JSON object.
  void print_message(const std::string& word, const std::string& message) {
    progress_.clear();
    if (json_)
      std::cerr << nlohmann::ordered_json{{word, message}}.dump(-1, ' ', false,
                                                                nlohmann::ordered_json::error_handler_t::replace)
                << std::endl;
    else
      warn(word + ": " + message);
  }
  bool json_;
  std::string resumes_from_;
  RunProgress progress_;
};

/// `--resume DIR` as one word, `--resume=DIR`. Where the folder is left out, `--resume` becomes the last word: otherwise
/// the parser would take the next one for it. If the words begin with the pipeline file, one that is no override names a
/// folder.
Words with_folder_of_resume(Words words) {
  bool is_alone = false;
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    if (words[i] != "--resume") continue;
    const std::string& next = words[i + 1];
    std::error_code none;
    const bool is_folder = std::filesystem::is_directory(next, none), follows_file = i > 0 && words[0][0] != '-',
               is_path = next.find('=') == next.npos && next.find_first_of("-+~") != 0 &&
                         (follows_file || (!std::filesystem::exists(next, none) && next.find('/') != next.npos));
    const bool names_it = is_folder || is_path;
    if (names_it) words[i + 1] = "--resume=" + next;
    is_alone |= !names_it;
    words.erase(words.begin() + static_cast<std::ptrdiff_t>(i--));
  }
  if (is_alone) words.push_back("--resume");
  return words;
}

/// The command that continues a stopped run: the same words, with its folder where the command named an earlier one.
std::string command_to_continue(const Words& words, const running::RunOptions& how, const std::string& folder) {
  const bool names_run = !how.resume_from.empty();
  std::string text = "pipeline run";
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word.starts_with("--resume") || (names_run && word.starts_with("--out="))) continue;
    if (names_run && word == "--out") {
      ++i;
      continue;
    }
    text += " " + base::shell_word(word);
  }
  return text + (names_run ? " --resume " + base::shell_word(folder) : " --resume");
}

/// Each run folder holds its pipeline, with every setting.
std::string how_to_name_the_file(const Parsed& parsed) {
  if (!parsed.has("resume") || parsed.get<std::string>("resume").empty()) return "";
  const results::RunFolder run{parsed.get<std::string>("resume")};
  return "\n  that of this run: pipeline run " + base::shell_word(run.resolved_ini().string()) + " --resume " +
         base::shell_word(run.path.string());
}

}  // namespace

int run(const Words& given) {
  const Words words = with_folder_of_resume(given);
  const std::size_t cores = base::usable_cores();
  options::options_description visible("options");
  visible.add_options()("out", options::value<std::string>()->value_name("DIR"),
                        "the run folder; default runs/NAME/TIME-HASH")(
      "threads", options::value<std::size_t>()->default_value(cores)->value_name("N"),
      "number of threads; does not affect any result")(
      "progress", options::value<std::string>()->default_value("auto")->value_name("STYLE"),
      "auto, bar, line, json or none")("offline", "never download data")("lean",
                                                                         "no reports: no pictures, at most 12 files")(
      "seeds", options::value<std::string>()->value_name("N"),
      "run it once for each of the seeds 1 to N, side by side: a sweep")(
      "resume", options::value<std::string>()->implicit_value("")->value_name("[DIR]"),
      "continue the newest unfinished run of this pipeline, or the run in DIR")(
      "allow-changed", "with --resume: continue although settings, plugins or data have changed");
  add_plugin_options(visible);
  const Parsed parsed(
      words, "run FILE [section.key=value ...] [options]",
      "Trains the models of a pipeline file side by side and writes its measurements to a run folder.\n"
      "Exit: 0 ok, 1 no model finished, or a file cannot be written or read, 2 pipeline file or usage,\n"
      "3 a plugin is refused or fails, 4 data, 5 some models failed, 6 the run cannot be resumed,\n"
      "75 stopped by INT, TERM, USR1 or HUP; --resume continues (129/130/138/143 without a checkpoint,\n"
      "130/143 after a second INT or TERM).",
      visible,
      "  pipeline run mnist_snr.ini\n  pipeline run mnist_snr.ini training.steps=1000 dataset.plugin=digits --out "
      "try1\n"
      "  pipeline run mnist_snr.ini +model:both.regularisers=l2,dropout '~model:l2'");
  if (parsed.help_given()) return Exit::ok;
  if (parsed.positional().empty())
    throw UsageError("run needs a pipeline file: pipeline run FILE" + how_to_name_the_file(parsed));

  if (parsed.has("seeds")) {
    if (parsed.has("resume"))
      throw UsageError("--seeds needs no --resume: the same command again runs what is missing");
    return sweep(given);  // which has the option, too
  }
  running::RunOptions how;
  how.threads = parsed.get<std::size_t>("threads");
  if (how.threads < 1 || how.threads > 1024) throw UsageError("--threads must be a number from 1 to 1024");
  const ProgressStyle style = progress_style(parsed.get<std::string>("progress"));
  how.resume = parsed.has("resume");
  how.allow_changed = parsed.has("allow-changed");
  if (how.allow_changed && !how.resume) throw UsageError("--allow-changed needs --resume");
  if (how.resume) how.resume_from = parsed.get<std::string>("resume");
  if (parsed.has("out")) how.out = out_folder(parsed.get<std::string>("out"), how.resume && how.resume_from.empty());
  how.argv = given;
  how.argv.insert(how.argv.begin(), {"pipeline", "run"});
  const std::atomic<int>& stop_signal = listen_for_signals();  // before anything takes long
  how.stop_signal = &stop_signal;
  how.ask_signal = SIGALRM;

  const std::string& file = parsed.positional().front();
  pipeline::plugins::Catalogue catalogue = catalogue_from(parsed);
  experiment::Pipeline p =
      experiment::read_pipeline(find_pipeline(file, style != ProgressStyle::json),
                                {parsed.positional().begin() + 1, parsed.positional().end()}, catalogue);
  if (parsed.has("lean")) p.reports.clear();
  FetchProgress fetching(style);
  how.fetch.offline = parsed.has("offline");
  how.fetch.pipeline_file = file;
  how.fetch.progress = [&](const std::string& name, std::uint64_t have, std::uint64_t total) {
    if (stop_signal != 0) throw Interrupted();
    fetching.show(name, have, total);
  };

  // Where --resume looks.
  const std::string resumes_from = !how.resume                ? ""
                                   : !how.resume_from.empty() ? how.resume_from.string()
                                   : !how.out.empty()         ? how.out.string()
                                                              : "runs/" + p.name;
  Screen screen(style, p.metrics.empty() ? "" : p.metrics.front().name, resumes_from);
  running::RunOutcome outcome;
  try {
    outcome = running::run(p, catalogue, how, screen);
  } catch (const Interrupted&) {
    std::cerr << "stopped by a signal while fetching data; run the same command again\n";
    return p.checkpoint == experiment::CheckpointInterval{} ? 128 + stop_signal : Exit::stopped;
  } catch (const running::ResumeRefused& e) {
    screen.clear();
    complain(e.what());
    return Exit::resume_refused;
  }
  screen.clear();
  if (outcome.nothing_to_do) std::cout << "the run is finished already";
  std::cout << "\nresults in " << outcome.folder.string() << "\n";
  if (const auto plots = outcome.folder / "plots"; has_pictures(plots))
    std::cout << "pictures in " << plots.string() << "\n";
  if (outcome.stopped) {
    screen.stopped(outcome, command_to_continue(words, how, outcome.folder.string()));
    return outcome.checkpoint_at ? static_cast<int>(Exit::stopped) : 128 + stop_signal;
  }
  if (outcome.failed_models == 0) return Exit::ok;
  if (outcome.failed_models < outcome.models) return Exit::some_models_failed;
  return outcome.plugin_failed ? Exit::plugin_refused : Exit::nothing_trained;
}

}  // namespace pipeline::cli
