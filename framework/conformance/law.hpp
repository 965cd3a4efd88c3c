// A law is a property that every plugin of a kind must have. It is tried on one plugin; the result comes in words.
//
//   passed    no violation was found
//   failed    what was seen, so that the author knows where to look
//   skipped   why the law does not apply to this plugin, or what is needed to try it
#pragma once
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "plugins/catalogue.hpp"

namespace pipeline::conformance {

using plugins::Values;

/// Layers of the deepest network on which regularisers are tried.
inline constexpr std::size_t kDeepest = 3;

/// The plugin under test, with these values set and all other parameters at their defaults.
struct Candidate {
  plugins::Loaded plugin;
  Values values = {};
  // The common parameters of every regulariser. By default all layers, and biases as the plugin declares them.
  std::optional<std::set<std::size_t>> layers = {};
  std::optional<bool> biases = {};
};

enum class LawStatus { passed, failed, skipped };
const char* name_of(LawStatus status);

struct LawResult {
  std::string law;
  LawStatus status = LawStatus::passed;
  std::string detail = {};            // lines; may be empty
  std::set<std::string> causes = {};  // of a failed law: see Findings::causes
  bool unusable = false;              // the plugin cannot be created, so no other law can be tried
};

/// Ends a law that does not apply to this plugin; the message is the reason.
struct Skip : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The plugin cannot be created or cannot declare its parameters.
struct Unusable : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The violations that a law has found.
class Findings {
 public:
  /// Records the finding unless the condition holds.
  void expect(bool holds, const std::string& finding);
  void fail(const std::string& finding) { expect(false, finding); }
  /// A prefix of the findings that follow: "huge numbers". Empty: no prefix.
  void about(const std::string& what) { about_ = what.empty() ? "" : what + ": "; }
  const std::vector<std::string>& all() const { return all_; }
  /// The findings without their prefix and without step numbers: the same cause seen twice is in it once.
  const std::set<std::string>& causes() const { return causes_; }

 private:
  std::string about_;
  std::vector<std::string> all_;
  std::set<std::string> causes_;
};

struct Law {
  const char* name;
  const char* statement;
  void (*check)(const Candidate&, Findings&);
};

/// Tries one law. Anything that the plugin throws is a finding too; a training that diverges proves nothing about the
/// law, which is then skipped.
LawResult check_law(const Law& law, const Candidate& candidate);

/// The results of one plugin's laws, in order, with one failure per cause.
class DistinctFailures {
 public:
  /// The result itself; or, where an earlier law failed with the same causes, a skipped one that names this law.
  LawResult add(LawResult result);

 private:
  std::vector<LawResult> failed_;
};

/// Every law for plugins of this kind, the simplest first.
const std::vector<Law>& laws(plugins::PluginKind kind);

// One file per group of laws.
std::vector<Law> laws_of_every_kind();
std::vector<Law> laws_of_hooks();
std::vector<Law> laws_of_trained_arrays();
std::vector<Law> laws_of_penalties();
std::vector<Law> laws_of_adjoints();
std::vector<Law> laws_of_bits();
std::vector<Law> laws_of_optimisers();
std::vector<Law> laws_of_metrics();
std::vector<Law> laws_of_metrics_of_samples();
std::vector<Law> laws_of_datasets();
std::vector<Law> laws_of_wrappers();
std::vector<Law> laws_of_reports();

}  // namespace pipeline::conformance
