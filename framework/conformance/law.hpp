// A law is what every plugin of a kind must keep, whoever wrote it: tried out on one plugin, with an outcome in words.
//
//   passed    nothing was found against the plugin
//   failed    what was seen, so that its author knows where to look
//   skipped   why the law does not touch this plugin, or what is needed to try it
#pragma once
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "plugins/catalogue.hpp"

namespace pipeline::conformance {

using Values = std::vector<std::pair<std::string, std::string>>;  // parameter and value, as text

/// Layers of the deepest network on which regularisers are tried.
inline constexpr std::size_t kDeepest = 3;

/// A plugin on trial: with these values set and all others as they are declared.
struct Candidate {
  plugins::Loaded plugin;
  Values values = {};
  // The common parameters of every regulariser; where nothing is said, all layers, and biases as the plugin has it.
  std::optional<std::set<std::size_t>> layers = {};
  std::optional<bool> biases = {};
};

enum class Verdict { passed, failed, skipped };
const char* word(Verdict verdict);

struct Outcome {
  std::string law;
  Verdict verdict = Verdict::passed;
  std::string detail = {};  // lines; empty where there is nothing to say
};

/// Ends a law that does not touch this plugin; its words are the reason.
struct Skip : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// What a law sees go wrong.
class Findings {
 public:
  /// Notes the words unless it holds.
  void expect(bool holds, const std::string& otherwise) {
    if (!holds) all_.push_back(about_ + otherwise);
  }
  void fail(const std::string& what) { expect(false, what); }
  /// What the next findings are about: "huge: ". Empty ends it.
  void about(const std::string& what) { about_ = what.empty() ? "" : what + ": "; }
  const std::vector<std::string>& all() const { return all_; }

 private:
  std::string about_;
  std::vector<std::string> all_;
};

struct Law {
  const char* name;
  const char* says;
  void (*check)(const Candidate&, Findings&);
};

/// Tries one law. Whatever the plugin throws is a finding too; a training that diverges tells nothing of the law.
Outcome judge(const Law& law, const Candidate& candidate);

/// Every law for plugins of this kind, the simplest first.
const std::vector<Law>& laws(const std::string& kind);

// One file a group of laws.
std::vector<Law> laws_of_every_kind();
std::vector<Law> laws_of_hooks();
std::vector<Law> laws_of_penalties();
std::vector<Law> laws_of_ways_back();
std::vector<Law> laws_of_bits();
std::vector<Law> laws_of_metrics();
std::vector<Law> laws_of_metrics_of_samples();
std::vector<Law> laws_of_datasets();
std::vector<Law> laws_of_wrappers();
std::vector<Law> laws_of_reports();

}  // namespace pipeline::conformance
