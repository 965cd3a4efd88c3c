// Creates the plugin under test, with its values set.
#pragma once
#include <algorithm>
#include <filesystem>
#include <functional>
#include <memory>

#include "conformance/law.hpp"
#include "plugins/call_scope.hpp"

namespace pipeline::conformance {

/// An object with its declared parameters, to be read and set. Cannot be moved, because the parameters refer to it. The
/// constructor throws Unusable.
template <class Base>
struct Made {
  std::shared_ptr<Base> object;
  Parameters parameters;

  explicit Made(const Candidate& candidate) : plugin_(candidate.plugin) {
    parameters.base = std::filesystem::current_path();
    try {
      object = plugins::make<Base>(plugin_);
      plugins::declare(plugin_, *object, parameters);
    } catch (const plugins::RefusedPlugin& e) {
      throw Unusable(e.why.cause);
    }
    plugins::set(parameters, candidate.values);
  }
  Made(const Made&) = delete;

  void set(const std::string& name, const std::string& value) { plugins::set(parameters, {{name, value}}); }
  /// Calls f, which calls this hook.
  template <class F>
  decltype(auto) call(const char* hook, F&& f) const {
    return plugins::call({plugins::name_of(plugin_.kind), plugin_.name.c_str(), hook, "", 0}, f);
  }

 private:
  plugins::Loaded plugin_;
};

/// "form = equal": the choices that are not at their defaults.
std::string other_choices(const Parameters& parameters);

/// Skips the law where a parameter without a default has no value.
template <class Base>
void needs_values_for(const Candidate& candidate) {
  const Made<Base> made(candidate);
  std::string missing;
  for (const Parameter& p : made.parameters.all()) {
    const auto given = [&](const auto& value) { return value.first == p.name; };
    if (p.required && std::ranges::none_of(candidate.values, given))
      missing += (missing.empty() ? "" : " ") + p.name + "=VALUE";
  }
  if (!missing.empty()) throw Skip("has no default: give " + missing);
}

/// Calls f(object, parameters) with a new object, whatever its kind.
template <class F>
void with_object(const Candidate& candidate, F&& f) {
  plugins::visit_base(candidate.plugin.kind, [&]<class Base>(std::type_identity<Base>) {
    Made<Base> made(candidate);
    f(*made.object, made.parameters);
  });
}

/// Expects the parameter that a Misfit names to exist, because the engine's message points at its value.
void expect_known_parameter(const Misfit& misfit, const Parameters& parameters, Findings& findings);

/// Everything that `work` wrote to standard output and standard error.
std::string printed_by(const std::function<void()>& work);

}  // namespace pipeline::conformance
