#include "results/run_json.hpp"

#include <gnu/libc-version.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/json_depth.hpp"
#include "base/json_number.hpp"
#include "base/shell.hpp"
#include "base/utc.hpp"
#include "results/git.hpp"
#include "results/run_folder.hpp"

namespace pipeline::results {

using Json = nlohmann::ordered_json;

namespace {

Json git() {
  const auto state = git_state();
  if (!state) return nullptr;
  return {{"commit", state->commit}, {"dirty", state->dirty ? Json(*state->dirty) : Json()}};
}

std::string cpu() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);)
    if (line.starts_with("model name")) return line.substr(std::min(line.size(), line.find(':') + 2));
  return "unknown";
}

const char* name_of(Direction d) {
  return d == Direction::higher ? "higher" : d == Direction::lower ? "lower" : "neither";
}
Direction direction_named(const std::string& name) {
  for (const Direction d : {Direction::higher, Direction::lower, Direction::neither})
    if (name == name_of(d)) return d;
  throw std::runtime_error("better is '" + name + "', not higher, lower or neither");
}

Json as_json(const experiment::MetricConfig& m) {
  return {{"section", m.name},
          {"plugin", m.plugin.name},
          {"unit", m.info.unit},
          {"better", name_of(m.info.better)},
          {"better_for", m.info.better_for},
          {"unit_of", m.info.unit_of},
          {"title", m.info.title},
          {"undefined", m.info.undefined},
          {"on", m.info.looks == Looks::at_samples ? m.on : ""},
          {"every", m.every}};
}
MeasuredMetric metric_from(const nlohmann::json& j) {
  MeasuredMetric metric{j.at("section"), j.at("plugin"), {}};
  metric.info.unit = j.value("unit", "");
  metric.info.better = direction_named(j.value("better", "neither"));
  metric.info.undefined = j.value("undefined", j.value("edge", ""));  // "edge" before plugin contract 6
  metric.info.on = j.value("on", "");
  metric.info.title = j.value("title", metric.info.title);
  metric.info.unit_of = j.value("unit_of", metric.info.unit_of);
  metric.info.better_for = j.value("better_for", metric.info.better_for);
  return metric;
}

UsedPlugin plugin_from(const nlohmann::json& j) {
  UsedPlugin plugin{j.value("kind", ""), j.value("name", ""),   j.value("version", ""),
                    j.value("path", ""), j.value("sha256", ""), ""};
  for (const std::string& line : j.value("about", std::vector<std::string>())) plugin.about += line + "\n";
  return plugin;
}

/// The command that started or last continued the run; empty where it is not noted.
std::string command_from(const nlohmann::json& j) {
  const auto words = j.find("argv");
  const bool is_noted =
      words != j.end() && words->is_array() && std::ranges::all_of(*words, &nlohmann::json::is_string);
  return is_noted ? base::shell_command(words->get<std::vector<std::string>>()) : "";
}

/// What a person asks of a run that its pipeline does not say; absent where an older version did not note it.
std::vector<std::pair<std::string, std::string>> facts_from(const nlohmann::json& j) {
  std::vector<std::pair<std::string, std::string>> facts;
  const auto text = [](const nlohmann::json& value) {
    return value.is_string() ? value.get<std::string>() : value.dump();
  };
  const auto add = [&](const std::string& name, const nlohmann::json& object, const char* key) {
    if (const auto found = object.find(key); object.is_object() && found != object.end() && !found->is_null())
      facts.emplace_back(name, text(*found));
  };
  const auto part = [&](const char* key) { return j.value(key, nlohmann::json::object()); };
  add("status", j, "status");
  add("started", j, "started");
  add("ended", j, "ended");
  if (const std::string command = command_from(j); !command.empty()) facts.emplace_back("command", command);
  add("in folder", j, "directory");
  add("seed", j, "seed");
  add("configuration", j, "configuration");
  add("pipeline version", part("versions"), "pipeline");
  add("compiler", part("versions"), "compiler");
  add("host", j, "host");
  add("processor", j, "cpu");
  add("threads", j, "threads");
  add("kernels", part("kernels"), "choice");
  add("instruction level", part("kernels"), "level");
  add("BLAS", part("blas"), "library");
  if (const auto git = j.find("git"); git != j.end() && git->is_object()) {
    add("git commit", *git, "commit");
    add("uncommitted changes", *git, "dirty");
  }
  for (const auto& file : j.value("data", nlohmann::json::array()))
    if (file.is_object())
      facts.emplace_back("data file", text(file.value("path", nlohmann::json())) + ", SHA-256 " +
                                          text(file.value("sha256", nlohmann::json())));
  for (const auto& resumed : j.value("resumed", nlohmann::json::array()))
    if (resumed.is_object()) facts.emplace_back("resumed at step", text(resumed.value("at_step", nlohmann::json())));
  return facts;
}

/// The text of a run.json. Throws std::runtime_error.
std::string read_shallow(const std::filesystem::path& file) {
  std::string text = read_file(file);
  if (base::nested_too_deeply(text))
    throw std::runtime_error("is nested more than " + std::to_string(base::kMostJsonLevels) +
                             " levels deep, so no run wrote it");
  return text;
}

}  // namespace

struct RunJson::Content {
  Json json;
};

RunJson::RunJson(const experiment::Pipeline& p, const RunFacts& facts, std::filesystem::path file)
    : content_(std::make_unique<Content>()), file_(std::move(file)) {
  Json& j = content_->json;
  j["pipeline"] = p.name;
  j["status"] = "running";
  j["argv"] = facts.argv;
  j["directory"] = std::filesystem::current_path().string();
  j["versions"] = {{"pipeline", PIPELINE_VERSION},
                   {"contract", PIPELINE_CONTRACT},
                   {"compiler", PIPELINE_COMPILER},
                   {"armadillo", std::to_string(ARMA_VERSION_MAJOR) + "." + std::to_string(ARMA_VERSION_MINOR)},
                   {"libc", gnu_get_libc_version()}};  // its libm affects the last bits
  j["seed"] = p.seed;
  char host[256] = "";
  ::gethostname(host, sizeof host - 1);
  j["host"] = host;
  j["cpu"] = cpu();
  const bool own = p.kernels == kernels::Backend::own;
  j["kernels"] = {{"choice", own ? "own" : "blas"}, {"level", own ? kernels::own_level() : kernels::blas_core()}};
  j["blas"] = {{"library", kernels::blas_library()}, {"kernel", kernels::blas_core()}};
  j["threads"] = facts.threads;
  j["steps"] = p.steps;
  j["models"] = Json::array();
  for (const experiment::ModelConfig& m : p.models) j["models"].push_back(m.name);
  j["metrics"] = Json::array();
  for (const experiment::MetricConfig& m : p.metrics) j["metrics"].push_back(as_json(m));
  j["plugins"] = Json::array();
  for (const plugins::Loaded& plugin : facts.plugins) {
    const std::string kind = plugins::name_of(plugin.kind);
    j["plugins"].push_back({{"kind", kind},
                            {"name", plugin.name},
                            {"version", plugin.version},
                            {"path", plugin.library.string()},
                            {"sha256", facts.plugin_hashes.at(kind + " " + plugin.name)},
                            {"about", plugins::about(plugin)}});
  }
  j["data"] = Json::array();
  for (const data::Located& f : facts.files)
    j["data"].push_back({{"file", f.name}, {"path", f.path.string()}, {"sha256", f.sha256}, {"source", f.source}});
  if (!facts.class_names.empty()) j["class_names"] = facts.class_names;
  if (!facts.warnings.empty()) j["warnings"] = facts.warnings;
  j["configuration"] = facts.configuration;
  j["git"] = git();
  j["started"] = base::utc_now();
}

RunJson::~RunJson() = default;

namespace {

std::string text_of(const Json& json) { return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"; }

// For the end of a run whose disk is full: more than its status, its time and why it ended.
constexpr std::size_t kSpare = 2048;

}  // namespace

void RunJson::begin() {
  Json& json = content_->json;
  json["status"] = "running";
  std::string text = text_of(json);
  text.append(kSpare, ' ');
  write_file(file_, text);
  const std::string reason = "the reason";
  Json crashed = json;
  crashed["status"] = "failed";
  crashed["failures"] = {{"run", reason}};
  const std::string words = text_of(crashed);
  const std::size_t at = words.rfind(reason);
  Json stopped = json;
  stopped["status"] = "stopped";
  stopped["failures"] = {{"run", "a second signal ended the run at once"}};
  last_words_.emplace(file_, text.size(), words.substr(0, at), words.substr(at + reason.size()), text_of(stopped));
}

void RunJson::end(const std::string& status, const std::map<std::string, std::string>& failures) {
  Json& json = content_->json;
  json["status"] = status;
  json["ended"] = base::utc_now();
  if (!failures.empty()) json["failures"] = failures;
  try {
    write_file(file_, text_of(json));
  } catch (const std::exception&) {
    for (auto& [name, why] : failures) json["failures"][name] = why.substr(0, 1000);
    if (!last_words_ || !last_words_->overwrite(text_of(json))) throw;
  }
  if (last_words_) last_words_->end();
}

void RunJson::resumed(const std::filesystem::path& earlier, std::uint64_t step,
                      const std::vector<experiment::Difference>& changed) {
  Json& json = content_->json;
  Json before = Json::object();
  try {
    before = Json::parse(read_shallow(earlier));
  } catch (const std::exception&) {
    // Its times are lost; everything else is known from the checkpoint.
  }
  Json now = {{"at_step", step}, {"started", json["started"]}, {"host", json["host"]}, {"threads", json["threads"]}};
  if (earlier != file_) now["continues"] = earlier.parent_path().string();
  for (const experiment::Difference& d : changed) now["changed"][d.name] = {{"before", d.before}, {"now", d.now}};
  const auto resumed = before.find("resumed");
  json["resumed"] = resumed != before.end() && resumed->is_array() ? *resumed : Json::array();
  json["resumed"].push_back(std::move(now));
  if (before.is_object() && before.contains("started")) json["started"] = before["started"];
}

void RunJson::checkpoints(std::size_t count, double longest_seconds) {
  content_->json["checkpoints"] = {{"written", count}, {"longest_seconds", longest_seconds}};
}

void RunJson::metrics(const MetricsEnd& end) {
  content_->json["metrics_csv"] = {{"bytes", end.size}, {"sha256", end.sha256}};
}

void RunJson::stopped_early(const std::string& model, std::uint64_t stopped, std::uint64_t restored) {
  content_->json["stopped_early"][model] = {{"stop_step", stopped}, {"restored_step", restored}};
}

void RunJson::remark(const std::string& model, const std::string& text) {
  content_->json["remarks"][model].push_back(text);
}

void note_final_reports(const std::filesystem::path& file) {
  Json json = Json::parse(read_file(file));
  json["final_reports"] = base::utc_now();
  write_file(file, text_of(json));
}

RunInfo read_run_json(const std::filesystem::path& file) try {
  RunInfo run;
  const auto json = nlohmann::json::parse(read_shallow(file));
  json.at("pipeline").get_to(run.pipeline);
  run.status = json.value("status", "");
  run.configuration = json.value("configuration", "");
  run.steps = base::whole_number(json.at("steps"));
  run.has_final_reports = json.contains("final_reports");
  if (const auto end = json.find("metrics_csv"); end != json.end())
    run.metrics_end = {base::whole_number(end->at("bytes")), end->at("sha256")};
  json.at("models").get_to(run.models);
  for (const auto& m : json.at("metrics")) run.metrics.push_back(metric_from(m));
  run.class_names = json.value("class_names", run.class_names);
  run.failures = json.value("failures", run.failures);
  if (const auto whole = run.failures.find("run"); whole != run.failures.end()) run.failure = whole->second;
  const auto part = [&](const char* object, const char* key) {
    const auto found = json.find(object);
    return found != json.end() && found->is_object() ? found->value(key, std::string()) : "";
  };
  run.command = command_from(json);
  run.directory = json.value("directory", "");
  run.made_by = "pipeline " + part("versions", "pipeline") + " on " + json.value("cpu", std::string("?")) + ", " +
                part("kernels", "choice") + " " + part("kernels", "level");
  for (const auto& p : json.value("plugins", nlohmann::json::array())) run.plugins.push_back(plugin_from(p));
  run.facts = facts_from(json);
  const auto early = json.value("stopped_early", nlohmann::json::object());
  for (const auto& [model, steps] : early.items()) {
    const bool one = steps.is_number();  // before contract 7, of models that were stopped only
    const std::uint64_t stop = base::whole_number(one ? steps : steps.at("stop_step"));
    if (stop < run.steps) run.stopped[model] = stop;
    if (const auto restored = one ? stop : base::whole_number(steps.at("restored_step")); restored != stop)
      run.restored[model] = restored;
  }
  run.remarks = json.value("remarks", run.remarks);
  std::erase_if(run.failures,  // that of the whole run is not a model's
                [&](const auto& f) { return std::ranges::find(run.models, f.first) == run.models.end(); });
  return run;
} catch (const std::exception& e) {
  const std::string message = e.what(), place = file.string() + ": ";
  throw std::runtime_error(message.starts_with(place) ? message : place + message);
}

}  // namespace pipeline::results
