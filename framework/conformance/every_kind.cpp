// Laws for plugins of every kind: what each says of itself, and that its parameters hold what they declare.
#include <set>
#include <sstream>

#include "config/numbers.hpp"
#include "conformance/made.hpp"

namespace pipeline::conformance {

namespace {

void can_be_made(const Candidate& candidate, Findings& findings) {
  with_object(candidate, [&](const auto& one, const Parameters&) {
    with_object(candidate, [&](const auto& two, const Parameters&) {
      findings.expect(static_cast<const void*>(&one) != static_cast<const void*>(&two),
                      "make returns the same object twice; every model needs one of its own");
    });
  });
}

void says_what_it_is(const Candidate& candidate, Findings& findings) {
  const plugins::Loaded& p = candidate.plugin;
  // The shortest phrase that tells a plugin from its neighbours in a list is longer than ten letters.
  findings.expect(p.summary.size() > 10, "its summary is '" + p.summary + "', which says too little");
  findings.expect(!p.summary.ends_with('.'), "its summary ends with a full stop; it is a phrase in a list");
  findings.expect(!p.version.empty(), "it has no version");
}

/// Calls f(parameter), each on an object of its own, with findings about it.
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
    findings.expect(p.name != "plugin" && p.name != "layers" && p.name != "biases", "is a key of the engine's own");
    findings.expect(p.meaning.size() > 5, "its meaning is '" + p.meaning + "', which says too little");
  });
}

void defaults_are_taken(const Candidate& candidate, Findings& findings) {
  each_parameter(candidate, findings, [&](const Parameter& p) {
    if (p.required) return;
    if (const auto complaint = p.set(p.initial))
      findings.fail("its own default '" + p.initial + "' " + *complaint);
    else
      findings.expect(p.get() == p.initial, "its default '" + p.initial + "' is read back as '" + p.get() + "'");
  });
}

void neutral_values_are_taken(const Candidate& candidate, Findings& findings) {
  bool any = false;
  each_parameter(candidate, findings, [&](const Parameter& p) {
    if (p.neutral_value.empty()) return;
    any = true;
    if (const auto complaint = p.set(p.neutral_value))
      findings.fail("its neutral value '" + p.neutral_value + "' " + *complaint);
    else
      findings.expect(p.get() == p.neutral_value,
                      "its neutral value '" + p.neutral_value + "' is read back as '" + p.get() + "'");
  });
  if (!any) throw Skip("declares no neutral value");
}

/// Values outside "0 < x <= 1", "x >= 2" and the like: beyond each end, and an end that is itself outside.
std::vector<std::string> outside(const std::string& range) {
  std::vector<std::string> words, out;
  std::istringstream text(range);
  for (std::string w; text >> w;) words.push_back(w);
  const auto number = [](const std::string& w) { return config::parse_real(w); };
  for (std::size_t x = 0; x < words.size(); ++x) {
    if (words[x] != "x") continue;
    const auto end = [&](const std::string& relation, const std::string& bound, bool below) {
      const auto value = number(bound);
      if (!value || std::isinf(*value)) return;
      if (relation == "<" || relation == ">") out.push_back(bound);
      out.push_back(config::shortest(below ? *value - 1 - std::abs(*value) : *value + 1 + std::abs(*value)));
      out.push_back(below ? "-1e30" : "1e30");
    };
    if (x >= 2) end(words[x - 1], words[x - 2], true);  // low < x
    if (x + 2 < words.size()) end(words[x + 1], words[x + 2], words[x + 1].starts_with('>'));
  }
  return out;
}

void refuses_what_it_does_not_take(const Candidate& candidate, Findings& findings) {
  each_parameter(candidate, findings, [&](const Parameter& p) {
    std::vector<std::string> refused;
    if (p.type == "number" || p.type == "whole number") refused = {"nan", "1,5", "x", "1 2", "", "0x1p3"};
    if (p.type == "whole number") refused.insert(refused.end(), {"-1", "1.5", "1e3", "99999999999999999999999"});
    if (p.type == "whole numbers") refused = {"1,,2", "x", "-1", "1.5"};
    if (p.type == "choice" || p.type == "yes or no") refused = {"", "nonsense", "YES"};
    if (p.type == "words") refused = {"a,,b"};
    if (p.type.find("number") != std::string::npos)
      for (const std::string& text : outside(p.range)) refused.push_back(text);
    const std::string before = p.get();
    for (const std::string& text : refused) {
      findings.expect(p.set(text).has_value(), "takes '" + text + "' for a " + p.type + ", " + p.range);
      findings.expect(p.get() == before,
                      "refuses '" + text + "' and yet changes from '" + before + "' to '" + p.get() + "'");
      p.set(before);
    }
  });
}

}  // namespace

std::vector<Law> laws_of_every_kind() {
  return {
      {"can_be_made", "objects of its own can be made and declare their parameters", can_be_made},
      {"says_what_it_is", "it has a summary and a version", says_what_it_is},
      {"parameters_are_described", "every parameter has a meaning and a name of its own", parameters_are_described},
      {"defaults_are_taken", "every default is in range, and reads back as it was written", defaults_are_taken},
      {"neutral_values_are_taken", "every neutral value is in range, and reads back as it was written",
       neutral_values_are_taken},
      {"refuses_what_it_does_not_take", "nonsense and values out of range are refused and change nothing",
       refuses_what_it_does_not_take},
  };
}

}  // namespace pipeline::conformance
