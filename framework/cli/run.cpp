#include <unistd.h>
#include <algorithm>
#include <csignal>
#include <iostream>
#include <nlohmann/json.hpp>
#include <thread>

#include "cli/command.hpp"
#include "cli/complain.hpp"
#include "cli/crash.hpp"
#include "cli/progress.hpp"
#include "config/complaint.hpp"
#include "config/numbers.hpp"
#include "study/study.hpp"

namespace pipeline::cli {

namespace {

std::atomic<int> stop_signal = 0;

std::atomic<double> stopped_at = 0;

double now() {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

// The first signal lets every model finish its step; a second one ends the program at once. Programs such as timeout
// send each signal twice in one breath, to the process and to its group: that is one.
void on_signal(int number) {
  const double time = now();
  if (stop_signal.exchange(number) == 0)
    stopped_at = time;
  else if (time > stopped_at + 0.02)
    ::_exit(128 + number);
}

/// Stopped while there was nothing to keep yet.
struct Interrupted {};

void listen_for_signals() {
  struct sigaction action {};
  action.sa_handler = on_signal;
  for (const int stops : {SIGINT, SIGTERM, SIGUSR1}) ::sigaction(stops, &action, nullptr);  // USR1: from batch systems
  struct sigaction before {};
  ::sigaction(SIGHUP, nullptr, &before);
  if (before.sa_handler != SIG_IGN) ::sigaction(SIGHUP, &action, nullptr);  // nohup wants it ignored
  // Who read the output has gone (run | head): the results are in the folder, and go on being written.
  action.sa_handler = SIG_IGN;
  ::sigaction(SIGPIPE, &action, nullptr);
}

/// "l2 (lambda = 5e-05)", with what differs from the defaults or is not said elsewhere.
std::string entry_text(const study::Description& d, const std::string& model, const std::string& entry) {
  std::string inside;
  for (const config::ResolvedSection& section : d.resolved) {
    if (section.name != "model:" + model) continue;
    for (const config::Setting& s : section.settings) {
      const std::string key = s.key.starts_with(entry + ".") ? s.key.substr(entry.size() + 1) : "";
      const bool dull = (key == "plugin" && s.value == entry) || (key == "layers" && s.value == "all") ||
                        (key == "biases" && s.value == "no");
      if (!key.empty() && !dull) inside += (inside.empty() ? "" : ", ") + key + " = " + s.value;
    }
  }
  return entry + (inside.empty() ? "" : " (" + inside + ")");
}

/// Refused before any work: a run of hours must not find out at its end, nor write into another run.
std::filesystem::path out_folder(const std::string& out) {
  std::error_code error;
  if (out.empty()) throw UsageError("--out is empty; give a new folder: --out DIR");
  if (!std::filesystem::exists(out, error)) return out;
  if (!std::filesystem::is_directory(out, error)) throw UsageError("--out " + out + " is a file; give a new folder");
  if (!std::filesystem::is_empty(out, error))
    throw UsageError("--out " + out + " is not empty; give a new folder, earlier results are never overwritten");
  return out;
}

/// Without gnuplot the folder holds scripts and data only.
bool holds_pictures(const std::filesystem::path& folder) {
  std::error_code none;
  return std::ranges::any_of(std::filesystem::directory_iterator(folder, none),
                             [](const auto& file) { return file.path().extension() == ".png"; });
}

class Screen final : public study::Observer {
 public:
  Screen(ProgressStyle style, const std::string& value_name)
      : json_(style == ProgressStyle::json), progress_(style, value_name) {}

  void heading(const study::Heading& h) override {
    const study::Description& d = h.description;
    std::cout << "pipeline " << d.name << ", seed " << d.seed << "\n";
    std::cout << "  data set   " << d.dataset_plugin;
    for (const study::WrapperEntry& w : d.wrappers) std::cout << ", " << w.name;
    std::cout << ": " << h.data.train - d.validation << " training"
              << (d.validation ? ", " + std::to_string(d.validation) + " validation" : "") << " and " << h.data.test
              << " test "
              << (h.data.image.width
                      ? "images of " + std::to_string(h.data.image.height) + " x " + std::to_string(h.data.image.width)
                      : "samples of " + plural(h.data.features, "feature"))
              << ", " << h.data.classes << " classes\n";
    std::cout << "  network    ";
    for (std::size_t i = 0; i < d.network.sizes.size(); ++i) std::cout << (i ? " - " : "") << d.network.sizes[i];
    std::cout << (d.network.layers() > 1 ? ", ReLU" : "") << (d.network.output_bias ? "" : ", no output bias") << "\n";
    std::cout << "  training   " << plural(d.steps, "step") << " of " << plural(d.batch_size, "sample") << "; "
              << h.kernels << ", " << plural(h.threads, "thread") << "\n";
    for (std::size_t i = 0; i < d.models.size(); ++i) {
      const study::ModelSection& m = d.models[i];
      std::string text = m.name + ": " + (m.regularisers.empty() ? "no regulariser" : "");
      for (std::size_t j = 0; j < m.regularisers.size(); ++j)
        text += (j ? ", " : "") + entry_text(d, m.name, m.regularisers[j].name);
      print_part(i ? "" : "models", text + "; learning rate " + config::shortest(m.learning_rate));
    }
    for (std::size_t i = 0; i < d.metrics.size(); ++i)
      std::cout << (i ? "             " : "  metrics    ") << d.metrics[i].name << " every " << d.metrics[i].every
                << (d.metrics[i].info.looks == Looks::at_samples ? ", on " + d.metrics[i].on : "") << "\n";
    std::string plugins;
    for (const auto& [id, library] : h.plugins) plugins += (plugins.empty() ? "" : ", ") + id;
    print_part("plugins", plugins);
    std::cout << "  results    " << h.folder.string() << "\n  about " << duration(h.estimated_seconds) << "\n"
              << std::endl;
  }

  void progress(const std::vector<study::ModelProgress>& models, std::uint64_t steps, double seconds) override {
    progress_.show(models, steps, seconds);
  }
  void lines(const std::vector<std::string>& lines) override {
    progress_.clear();
    const std::string mark = "warning: ";
    for (const std::string& line : lines)
      if (line.starts_with(mark))
        warning(line.substr(mark.size()));
      else
        std::cout << line << "\n";
    std::cout << std::flush;
  }
  void warning(const std::string& message) override { tell("warning", message); }
  void stopped() { tell("stopped", "what was measured is kept"); }
  void clear() { progress_.clear(); }

 private:
  /// A line of the heading, folded under itself.
  static void print_part(const std::string& name, const std::string& text) {
    const std::string margin(13, ' ');
    std::cout << "  " << name << margin.substr(name.size() + 2) << config::folded(text, margin.size(), margin) << "\n";
  }
  /// A word and its message, on standard error: a line, or an object where a program reads along.
  void tell(const std::string& word, const std::string& message) {
    progress_.clear();
    if (json_)
      std::cerr << nlohmann::ordered_json{{word, message}}.dump(-1, ' ', false,
                                                                nlohmann::ordered_json::error_handler_t::replace)
                << std::endl;
    else
      warn(word + ": " + message);
  }
  bool json_;
  RunProgress progress_;
};

}  // namespace

int run(const Words& words) {
  const unsigned cores = std::max(1u, std::thread::hardware_concurrency());
  options::options_description visible("options");
  visible.add_options()("out", options::value<std::string>()->value_name("DIR"),
                        "the run folder; default runs/NAME/TIME-HASH")(
      "threads", options::value<std::size_t>()->default_value(cores)->value_name("N"),
      "how many to use; changes no number")("progress",
                                            options::value<std::string>()->default_value("auto")->value_name("STYLE"),
                                            "auto, bar, line, json or none")("offline", "never download data");
  add_plugin_options(visible);
  const Parsed parsed(
      words, "run FILE [section.key=value ...] [options]",
      "Trains the models of a pipeline file side by side and writes what it measures to a run folder.\n"
      "Exit: 0 ok, 1 no model finished or a file cannot be written, 2 pipeline file or usage,\n"
      "3 a plugin is refused or fails, 4 data, 5 some models failed,\n"
      "129/130/138/143 stopped by HUP, INT, USR1 or TERM (what was measured is kept).",
      visible,
      "  pipeline run mnist_snr.ini\n  pipeline run mnist_snr.ini training.steps=1000 dataset.plugin=digits --out "
      "try1\n"
      "  pipeline run mnist_snr.ini +model:both.regularisers=l2,dropout '~model:l2'");
  if (parsed.help_given()) return Exit::ok;
  if (parsed.positional().empty()) throw UsageError("run needs a pipeline file: pipeline run FILE");

  study::RunOptions how;
  how.threads = parsed.get<std::size_t>("threads");
  if (how.threads < 1 || how.threads > 1024) throw UsageError("--threads is a number from 1 to 1024");
  const ProgressStyle style = progress_style(parsed.get<std::string>("progress"));
  if (parsed.has("out")) how.out = out_folder(parsed.get<std::string>("out"));
  how.argv = words;
  how.argv.insert(how.argv.begin(), {"pipeline", "run"});
  how.stop_signal = &stop_signal;

  const std::string& file = parsed.positional().front();
  pipeline::plugins::Catalogue catalogue = catalogue_from(parsed);
  const study::Description d = study::describe(find_pipeline(file, style != ProgressStyle::json),
                                               {parsed.positional().begin() + 1, parsed.positional().end()}, catalogue);
  FetchProgress fetching(style);
  how.fetch.offline = parsed.has("offline");
  how.fetch.pipeline_file = file;
  how.fetch.progress = [&](const std::string& name, std::uint64_t have, std::uint64_t total) {
    if (stop_signal != 0) throw Interrupted();
    fetching.show(name, have, total);
  };

  listen_for_signals();
  name_who_exits();
  Screen screen(style, d.metrics.empty() ? "" : d.metrics.front().name);
  study::Outcome outcome;
  try {
    outcome = study::run(d, catalogue, how, screen);
  } catch (const Interrupted&) {
    std::cerr << "stopped by a signal while data was fetched\n";
    return 128 + stop_signal;
  }
  screen.clear();
  std::cout << "\nresults in " << outcome.folder.string() << "\n";
  if (const auto plots = outcome.folder / "plots"; holds_pictures(plots))
    std::cout << "pictures in " << plots.string() << "\n";
  if (outcome.status == study::Status::stopped) {
    screen.stopped();
    return 128 + stop_signal;
  }
  if (outcome.failed_models == 0) return Exit::ok;
  if (outcome.failed_models < outcome.models) return Exit::some_models_failed;
  return outcome.plugin_failed ? Exit::plugin_refused : Exit::nothing_trained;
}

}  // namespace pipeline::cli
