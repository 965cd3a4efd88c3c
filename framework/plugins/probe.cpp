#include "plugins/probe.hpp"

#include <sys/wait.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/child_process.hpp"
#include "plugins/catalogue.hpp"
#include "plugins/probe_cache.hpp"

namespace pipeline::plugins {
namespace fs = std::filesystem;
using nlohmann::json;
using Clock = base::ChildProcess::Clock;

namespace {

std::string seconds_text(double seconds) {
  std::ostringstream out;
  out.imbue(std::locale::classic());
  out << seconds;
  return out.str() + " s";
}

Refusal refusal_from(const json& j) { return {j.at("cause"), j.at("details"), j.at("remedy")}; }

/// What the probe printed before it ended, and how it ended.
struct Report {
  ProbeResult result;
  std::string who = "the library", doing = "is loaded", uncaught;
  bool cannot_be_loaded = false;

  void read(const std::string& line) {
    const json j = json::parse(line, nullptr, false);
    if (j.is_discarded()) return;  // cut off by a crash
    if (j.contains("next")) {
      doing = j["next"];
      who =
          j.contains("kind") ? j["kind"].get<std::string>() + " '" + j["name"].get<std::string>() + "'" : "the library";
    }
    if (j.contains("uncaught")) uncaught = j["uncaught"];
    if (j.contains("library")) {
      result.refusal = refusal_from(j["library"]);
      result.lasting = false;
      cannot_be_loaded = true;
    }
    if (j.contains("plugin"))
      result.plugins.push_back({kind_named(j["kind"].get<std::string>()).value(), j["name"],
                                j["plugin"].is_null() ? std::optional<Refusal>() : refusal_from(j["plugin"])});
  }

  void end(int status, bool timed_out) {
    if (cannot_be_loaded) return;
    const std::string remedy = "fix the plugin or remove its library";
    const std::string during = doing == "ended" ? " when the program ends" : " while it " + doing;
    if (timed_out)
      result.refusal = {who + " hangs" + during + ": no answer within " + seconds_text(probe_seconds()),
                        {},
                        remedy + "; PIPELINE_PROBE_SECONDS sets another time limit"};
    else if (!uncaught.empty())
      result.refusal = {who + " throws an uncaught exception" + during + ": " + uncaught, {}, remedy};
    else if (WIFSIGNALED(status))
      result.refusal = {who + " crashes" + during + " (" + base::signal_text(WTERMSIG(status)) + ")", {}, remedy};
    else if (doing != "ended" || WEXITSTATUS(status) != 0)
      result.refusal = {
          who + " ends the program" + during + " (exit code " + std::to_string(WEXITSTATUS(status)) + ")", {}, remedy};
  }
};

ProbeResult run_probe(const fs::path& library) try {
  const auto deadline =
      Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(probe_seconds()));
  base::ChildProcess child(
      {.program = (own_folder().parent_path() / "probe").string(), .arguments = {library.string()}});
  Report report;
  while (const auto line = child.line(deadline)) report.read(*line);
  const int status = child.wait(deadline);
  report.end(status, child.timed_out());
  return report.result;
} catch (const std::system_error& e) {
  return {
      Refusal{
          std::string("the library cannot be probed, so it is not loaded: ") + e.what(), {}, "install pipeline again"},
      {},
      false};
}

}  // namespace

double probe_seconds() {
  const char* text = std::getenv("PIPELINE_PROBE_SECONDS");
  if (!text) return 10;
  std::istringstream in(text);
  in.imbue(std::locale::classic());
  double seconds = 0;
  return in >> seconds && in.eof() && seconds > 0 && seconds <= 3600 ? seconds : 10;
}

ProbeResult probe(const fs::path& library) {
  const json stamp = stamp_of(library);
  ProbeResult result = run_probe(library);
  remember(library, stamp, result);
  return result;
}

ProbeResult probe_result(const fs::path& library) {
  if (const std::optional<ProbeResult> known = recall(library)) return *known;
  return probe(library);
}

}  // namespace pipeline::plugins
