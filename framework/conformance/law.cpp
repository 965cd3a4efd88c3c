#include "conformance/law.hpp"

#include "learning/entry.hpp"

namespace pipeline::conformance {

namespace {

// A law that fails everywhere says no more in a hundred lines than in a few.
constexpr std::size_t kLines = 6;

std::string joined(const std::vector<std::string>& findings) {
  std::string out;
  for (std::size_t i = 0; i < std::min(kLines, findings.size()); ++i) out += (i ? "\n" : "") + findings[i];
  if (findings.size() > kLines) out += "\nand " + std::to_string(findings.size() - kLines) + " more";
  return out;
}

std::vector<Law> together(std::vector<std::vector<Law>> groups) {
  std::vector<Law> all;
  for (const std::vector<Law>& group : groups) all.insert(all.end(), group.begin(), group.end());
  return all;
}

}  // namespace

const char* word(Verdict verdict) {
  return verdict == Verdict::passed ? "passed" : verdict == Verdict::failed ? "failed" : "skipped";
}

Outcome judge(const Law& law, const Candidate& candidate) {
  Findings findings;
  std::string skipped;
  try {
    law.check(candidate, findings);
  } catch (const Skip& e) {
    skipped = e.what();
  } catch (const learning::Diverged& e) {  // any plugin that is strong enough can do that, and none is wrong for it
    skipped = "diverges with these values: a logit is no finite number at step " + std::to_string(e.step);
  } catch (const std::exception& e) {
    findings.fail(e.what());
  } catch (...) {
    findings.fail("something that is no std::exception was thrown");
  }
  findings.about("");
  if (!findings.all().empty()) return {law.name, Verdict::failed, joined(findings.all())};
  if (!skipped.empty()) return {law.name, Verdict::skipped, skipped};
  return {law.name};
}

const std::vector<Law>& laws(const std::string& kind) {
  static const std::vector<Law> regularisers = together({laws_of_every_kind(), laws_of_hooks(), laws_of_penalties(),
                                                         laws_of_ways_back(), laws_of_bits()}),
                                metrics =
                                    together({laws_of_every_kind(), laws_of_metrics(), laws_of_metrics_of_samples()}),
                                datasets = together({laws_of_every_kind(), laws_of_datasets(), laws_of_wrappers()}),
                                reports = together({laws_of_every_kind(), laws_of_reports()});
  if (kind == "regulariser") return regularisers;
  if (kind == "metric") return metrics;
  if (kind == "dataset") return datasets;
  if (kind == "report") return reports;
  throw std::logic_error("there is no kind of plugin called " + kind);
}

}  // namespace pipeline::conformance
