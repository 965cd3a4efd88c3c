#include "conformance/law.hpp"

#include <algorithm>
#include <cctype>

#include "learning/entry.hpp"

namespace pipeline::conformance {

namespace {

// The first findings of a law that fails everywhere are enough.
constexpr std::size_t kLines = 6;

std::string joined(const std::vector<std::string>& findings) {
  std::string out;
  for (std::size_t i = 0; i < std::min(kLines, findings.size()); ++i) out += (i ? "\n" : "") + findings[i];
  if (findings.size() > kLines) out += "\nand " + std::to_string(findings.size() - kLines) + " more";
  return out;
}

/// "hook X, step 3: why" without ", step 3".
std::string without_steps(std::string text) {
  const std::string step = ", step ";
  for (std::size_t at = 0; (at = text.find(step, at)) != std::string::npos;) {
    std::size_t end = at + step.size();
    while (end < text.size() && std::isdigit(static_cast<unsigned char>(text[end]))) ++end;
    if (end == at + step.size())
      at = end;
    else
      text.erase(at, end - at);
  }
  return text;
}

std::vector<Law> together(const std::vector<std::vector<Law>>& groups) {
  std::vector<Law> all;
  for (const std::vector<Law>& group : groups) all.insert(all.end(), group.begin(), group.end());
  return all;
}

}  // namespace

const char* name_of(LawStatus status) {
  return status == LawStatus::passed ? "passed" : status == LawStatus::failed ? "failed" : "skipped";
}

void Findings::expect(bool holds, const std::string& finding) {
  if (holds) return;
  all_.push_back(about_ + finding);
  causes_.insert(without_steps(finding));
}

LawResult check_law(const Law& law, const Candidate& candidate) {
  Findings findings;
  std::string skipped;
  bool unusable = false;
  try {
    law.check(candidate, findings);
  } catch (const Skip& e) {
    skipped = e.what();
  } catch (const learning::Diverged& e) {  // any strong enough plugin can cause that without being wrong
    skipped = std::string("with these values, training ") + e.what();
  } catch (const Unusable& e) {
    findings.about("");
    findings.fail(e.what());
    unusable = true;
  } catch (const std::exception& e) {
    findings.fail(e.what());
  } catch (...) {
    findings.fail("throws something that is not a std::exception");
  }
  if (!findings.all().empty())
    return {law.name, LawStatus::failed, joined(findings.all()), findings.causes(), unusable};
  if (!skipped.empty()) return {law.name, LawStatus::skipped, skipped};
  return {law.name};
}

LawResult DistinctFailures::add(LawResult result) {
  if (result.status != LawStatus::failed) return result;
  for (const LawResult& earlier : failed_)
    if (std::ranges::includes(earlier.causes, result.causes))
      return {result.law, LawStatus::skipped, "fails for the same reason as " + earlier.law};
  failed_.push_back(result);
  return result;
}

const std::vector<Law>& laws(plugins::PluginKind kind) {
  static const std::vector<Law> regularisers =
                                    together({laws_of_every_kind(), laws_of_hooks(), laws_of_trained_arrays(),
                                              laws_of_penalties(), laws_of_adjoints(), laws_of_bits()}),
                                optimisers = together({laws_of_every_kind(), laws_of_optimisers()}),
                                metrics =
                                    together({laws_of_every_kind(), laws_of_metrics(), laws_of_metrics_of_samples()}),
                                datasets = together({laws_of_every_kind(), laws_of_datasets(), laws_of_wrappers()}),
                                reports = together({laws_of_every_kind(), laws_of_reports()});
  switch (kind) {
    case plugins::PluginKind::dataset:
      return datasets;
    case plugins::PluginKind::regulariser:
      return regularisers;
    case plugins::PluginKind::optimiser:
      return optimisers;
    case plugins::PluginKind::metric:
      return metrics;
    case plugins::PluginKind::report:
      break;
  }
  return reports;
}

}  // namespace pipeline::conformance
