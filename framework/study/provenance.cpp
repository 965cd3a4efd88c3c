#include "study/provenance.hpp"

#include <unistd.h>
#if defined(__GLIBC__)
#include <gnu/libc-version.h>
#endif

#include <array>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>

#include "config/numbers.hpp"
#include "data/sha256.hpp"
#include "learning/products.hpp"
#include "study/files.hpp"

namespace pipeline::study {

using Json = nlohmann::ordered_json;

namespace {

std::string output_of(const char* command) {
  std::string out;
  if (FILE* pipe = ::popen(command, "r")) {
    std::array<char, 256> buffer{};
    while (std::fgets(buffer.data(), buffer.size(), pipe)) out += buffer.data();
    ::pclose(pipe);
  }
  while (!out.empty() && out.back() == '\n') out.pop_back();
  return out;
}

Json git() {
  const std::string commit = output_of("git rev-parse HEAD 2>/dev/null");
  if (commit.empty()) return nullptr;
  return {{"commit", commit}, {"dirty", !output_of("git status --porcelain -uno 2>/dev/null").empty()}};
}

std::string cpu() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);)
    if (line.starts_with("model name")) return line.substr(std::min(line.size(), line.find(':') + 2));
  return "unknown";
}

const char* word(Direction d) {
  return d == Direction::higher ? "higher" : d == Direction::lower ? "lower" : "neither";
}

Json number(double x) { return std::isnan(x) ? Json(nullptr) : Json(x); }

void add_samples(data::Sha256& sum, const Samples& s) {
  const double scale[] = {s.scale, s.offset};
  sum.add(scale, sizeof scale);
  sum.add(s.bytes.memptr(), s.bytes.n_elem);
  sum.add(s.floats.memptr(), s.floats.n_elem * sizeof(float));
  sum.add(s.labels.data(), s.labels.size() * sizeof s.labels[0]);
  sum.add(s.marked.data(), s.marked.size());
}

}  // namespace

std::string configuration_hash(const Description& d, const LoadedData& loaded) {
  data::Sha256 sum;
  for (const config::ResolvedSection& section : d.resolved) {
    if (section.name.starts_with("report:")) continue;
    for (const config::Setting& s : section.settings) {
      if (s.is_path || (section.name == "pipeline" && s.key == "name")) continue;
      const std::string line = section.name + "." + s.key + "=" + s.value + "\n";
      sum.add(line.data(), line.size());
    }
  }
  add_samples(sum, loaded.data.train);
  add_samples(sum, loaded.data.test);
  add_samples(sum, loaded.data.validation);
  return sum.hex().substr(0, 6);
}

struct RunRecord::Content {
  Json json;
};

RunRecord::RunRecord(const Description& d, const plugins::Catalogue& catalogue, const RunOptions& options,
                     const LoadedData& loaded, std::filesystem::path folder)
    : content_(std::make_unique<Content>()), folder_(std::move(folder)) {
  Json& j = content_->json;
  j["pipeline"] = d.name;
  j["status"] = "running";
  j["argv"] = options.argv;
  j["directory"] = std::filesystem::current_path().string();
  j["versions"] = {{"pipeline", PIPELINE_VERSION},
                   {"contract", PIPELINE_CONTRACT},
                   {"compiler", PIPELINE_COMPILER},
                   {"armadillo", std::to_string(ARMA_VERSION_MAJOR) + "." + std::to_string(ARMA_VERSION_MINOR)}};
#if defined(__GLIBC__)
  j["versions"]["libc"] = gnu_get_libc_version();  // its libm has a say in the last bits
#endif
  j["seed"] = d.seed;
  char host[256] = "";
  ::gethostname(host, sizeof host - 1);
  j["host"] = host;
  j["cpu"] = cpu();
  const bool own = d.kernels == learning::Kernels::own;
  j["kernels"] = {{"choice", own ? "own" : "blas"}, {"level", own ? learning::own_level() : learning::blas_core()}};
  j["blas"] = {{"library", learning::blas_library()}, {"kernel", learning::blas_core()}};
  j["threads"] = options.threads;
  j["steps"] = d.steps;
  j["models"] = Json::array();
  for (const ModelSection& m : d.models) j["models"].push_back(m.name);
  j["metrics"] = Json::array();
  for (const MetricSection& m : d.metrics)
    j["metrics"].push_back({{"section", m.name},
                            {"plugin", m.plugin},
                            {"unit", m.info.unit},
                            {"better", word(m.info.better)},
                            {"better_for", m.info.better_for},
                            {"edge", m.info.edge},
                            {"on", m.info.looks == Looks::at_samples ? m.on : ""},
                            {"every", m.every}});
  j["plugins"] = Json::array();
  for (const auto& [id, p] : catalogue.loaded())
    j["plugins"].push_back({{"kind", p.kind},
                            {"name", p.name},
                            {"version", p.version},
                            {"path", p.library.string()},
                            {"sha256", data::sha256_of(p.library)}});
  j["data"] = Json::array();
  for (const data::Located& f : loaded.files)
    j["data"].push_back({{"file", f.name}, {"path", f.path.string()}, {"sha256", f.sha256}, {"source", f.source}});
  j["configuration"] = configuration_hash(d, loaded);
  j["git"] = git();
  j["started"] = utc_for_reading();
}

RunRecord::~RunRecord() = default;

void RunRecord::write(const std::string& status, const std::map<std::string, std::string>& failures) {
  content_->json["status"] = status;
  if (status != "running") content_->json["ended"] = utc_for_reading();
  if (!failures.empty()) content_->json["failures"] = failures;
  write_text(folder_ / "run.json", content_->json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

void RunRecord::stopped_early(const std::string& model, std::uint64_t step) {
  content_->json["stopped_early"][model] = step;
}

Summary::Summary(const Description& d) {
  for (const MetricSection& m : d.metrics)
    for (const char* split : {"", ".train"}) {
      directions_[m.name + split] = m.info.better;
      for (const std::string& value : m.info.better_for) directions_[m.name + split + "." + value] = m.info.better;
    }
}

Direction Summary::better(const std::string& metric) const {
  const auto it = directions_.find(metric);
  return it == directions_.end() ? Direction::neither : it->second;
}

void Summary::add(const Row& row) {
  Seen& seen = seen_[row.model][row.metric][row.layer];
  seen.last = row.value;
  seen.last_step = row.step;
  const Direction direction = better(row.metric);
  if (direction == Direction::neither || std::isnan(row.value)) return;
  if (!seen.has_best || (direction == Direction::higher ? row.value > seen.best : row.value < seen.best)) {
    seen.best = row.value;
    seen.best_step = row.step;
    seen.has_best = true;
  }
}

void Summary::write(const std::filesystem::path& file) const {
  Json j = Json::object();
  for (const auto& [model, metrics] : seen_)
    for (const auto& [metric, layers] : metrics)
      for (const auto& [layer, seen] : layers) {
        Json value = {{"last", number(seen.last)}, {"last_step", seen.last_step}};
        if (seen.has_best) value["best"] = number(seen.best), value["best_step"] = seen.best_step;
        if (layer)
          j[model][metric][std::to_string(layer)] = value;
        else
          j[model][metric] = value;
      }
  write_text(file, j.dump(2) + "\n");
}

}  // namespace pipeline::study
