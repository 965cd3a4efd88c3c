// Laws of every kind of plugin: it can be created, describes itself, and its parameters behave as declared.
#include <cmath>
#include <pipeline/quoted.hpp>
#include <set>

#include "base/numbers.hpp"
#include "conformance/made.hpp"

namespace pipeline::conformance {

namespace {

void can_be_created(const Candidate& candidate, Findings& findings) {
  with_object(candidate, [&](const auto& one, const Parameters&) {
    with_object(candidate, [&](const auto& two, const Parameters&) {
      findings.expect(static_cast<const void*>(&one) != static_cast<const void*>(&two),
                      "creating it twice returns the same object; every model needs its own");
    });
  });
}

void has_summary_and_version(const Candidate& candidate, Findings& findings) {
  const plugins::Loaded& p = candidate.plugin;
  // A phrase of ten characters or fewer does not distinguish a plugin from the others in a list.
  findings.expect(p.summary.size() > 10,
                  "its summary is " + pipeline::quoted(p.summary) + "; write more than ten characters");
  findings.expect(!p.summary.ends_with('.'),
                  "its summary ends with a full stop; it is a phrase in a list, so leave the stop out");
  findings.expect(!p.version.empty(), "it has no version");
}

/// Calls f(parameter) for each parameter, on a new object each time; findings are about the parameter.
template <class F>
void each_parameter(const Candidate& candidate, Findings& findings, F&& f) {
  std::size_t count = 0;
  with_object(candidate, [&](const auto&, const Parameters& parameters) { count = parameters.all().size(); });
  if (count == 0) throw Skip("has no parameters");
  for (std::size_t i = 0; i < count; ++i)
    with_object(candidate, [&](const auto&, const Parameters& parameters) {
      const Parameter& p = parameters.all().at(i);
      findings.about(p.name);
      f(p);
    });
}

void parameters_are_described(const Candidate& candidate, Findings& findings) {
  std::set<std::string> seen;
  each_parameter(candidate, findings, [&](const Parameter& p) {
    findings.expect(seen.insert(p.name).second, "is declared twice");
    const std::string first = p.name.substr(0, p.name.find('.'));
    findings.expect(first != "plugin" && first != "layers" && first != "biases" && first != "strength_schedule",
                    "is a key that the engine itself uses");
    findings.expect(p.meaning.size() > 5,
                    "its meaning is " + pipeline::quoted(p.meaning) + "; write more than five characters");
  });
}

void defaults_are_accepted(const Candidate& candidate, Findings& findings) {
  each_parameter(candidate, findings, [&](const Parameter& p) {
    if (p.required) return;
    if (const auto complaint = p.set(p.initial))
      findings.fail("its own default " + pipeline::quoted(p.initial) + " " + *complaint);
    else
      findings.expect(p.get() == p.initial,
                      "its default " + pipeline::quoted(p.initial) + " is read back as " + pipeline::quoted(p.get()));
  });
}

void neutral_values_are_accepted(const Candidate& candidate, Findings& findings) {
  bool any = false;
  each_parameter(candidate, findings, [&](const Parameter& p) {
    if (p.neutral_value.empty()) return;
    any = true;
    if (const auto complaint = p.set(p.neutral_value))
      findings.fail("its neutral value " + pipeline::quoted(p.neutral_value) + " " + *complaint);
    else
      findings.expect(p.get() == p.neutral_value, "its neutral value " + pipeline::quoted(p.neutral_value) +
                                                      " is read back as " + pipeline::quoted(p.get()));
  });
  if (!any) throw Skip("declares no neutral value");
}

/// Values outside a range: beyond each end, and the end itself where it is excluded.
std::vector<std::string> outside(const Range& range) {
  std::vector<std::string> out;
  const auto end = [&](double bound, bool open, bool below) {
    if (std::isinf(bound)) return;
    if (open) out.push_back(base::shortest(bound));
    out.push_back(base::shortest(below ? bound - 1 - std::abs(bound) : bound + 1 + std::abs(bound)));
    out.push_back(below ? "-1e30" : "1e30");
  };
  end(range.low, range.low_open, true);
  end(range.high, range.high_open, false);
  return out;
}

void rejects_invalid_values(const Candidate& candidate, Findings& findings) {
  each_parameter(candidate, findings, [&](const Parameter& p) {
    std::vector<std::string> invalid;
    using enum ParameterType;
    if (p.type == number || p.type == whole) invalid = {"nan", "1,5", "x", "1 2", "", "0x1p3"};
    if (p.type == whole) invalid.insert(invalid.end(), {"-1", "1.5", "1e3", "99999999999999999999999"});
    if (p.type == wholes) invalid = {"1,,2", "x", "-1", "1.5"};
    if (p.type == choice || p.type == flag) invalid = {"", "nonsense", "YES"};
    if (p.type == words) invalid = {"a,,b"};
    if (p.type == words && !p.choices.empty()) {
      const std::string& one = p.choices.front();
      invalid.insert(invalid.end(), {"", "nonsense", one + ", nonsense", one + ", " + one});
    }
    if (p.range)
      for (const std::string& text : outside(*p.range)) invalid.push_back(text);
    const std::string before = p.get();
    for (const std::string& text : invalid) {
      findings.expect(p.set(text).has_value(),
                      "accepts " + pipeline::quoted(text) + " for a " + name_of(p.type) + ", " + p.values_text());
      findings.expect(p.get() == before, "rejects " + pipeline::quoted(text) + " but still changes from " +
                                             pipeline::quoted(before) + " to " + pipeline::quoted(p.get()));
      p.set(before);
    }
  });
}

}  // namespace

std::vector<Law> laws_of_every_kind() {
  return {
      {"can_be_created", "separate objects can be created and declare their parameters", can_be_created},
      {"has_summary_and_version", "it has a summary and a version", has_summary_and_version},
      {"parameters_are_described", "every parameter has a meaning and a name of its own", parameters_are_described},
      {"defaults_are_accepted", "every default is in range and reads back as it was written", defaults_are_accepted},
      {"neutral_values_are_accepted", "every neutral value is in range and reads back as it was written",
       neutral_values_are_accepted},
      {"rejects_invalid_values", "nonsense and values out of range are rejected and change nothing",
       rejects_invalid_values},
  };
}

}  // namespace pipeline::conformance
