// Makes the plugin on trial, with its values set.
#pragma once
#include <algorithm>
#include <filesystem>
#include <functional>
#include <memory>

#include "conformance/law.hpp"
#include "learning/speaking.hpp"

namespace pipeline::conformance {

/// An object whose parameters are declared, so that they can be looked at and set. Never moved: they refer to it.
template <class Base>
struct Made {
  std::shared_ptr<Base> object;
  Parameters parameters;

  explicit Made(const Candidate& candidate) : plugin_(candidate.plugin) {
    parameters.base = std::filesystem::current_path();
    {
      const auto speaks = speaks_in("make");
      object.reset(static_cast<Base*>(plugins::make_object(plugin_)));
    }
    const auto speaks = speaks_in("declare");
    object->declare(parameters);
    for (const auto& [name, value] : candidate.values) set(name, value);
  }
  Made(const Made&) = delete;

  void set(const std::string& name, const std::string& value) {
    Parameter* parameter = parameters.find(name);
    if (!parameter) throw std::invalid_argument("there is no parameter '" + name + "'");
    if (const auto complaint = parameter->set(value))
      throw std::invalid_argument(name + " = " + value + " " + *complaint);
  }
  /// While the result lives, a crash is blamed on this hook.
  learning::Speaks speaks_in(const char* hook) const {
    return learning::Speaks({plugin_.kind.c_str(), plugin_.name.c_str(), hook, "", 0});
  }

 private:
  plugins::Loaded plugin_;
};

/// "form = equal": the choices that are not at their defaults.
std::string other_choices(const Parameters& parameters);

/// A plugin with a parameter that has no default can be tried only with a value for it.
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
  const auto call = [&]<class Base>(Base*) {
    Made<Base> made(candidate);
    f(*made.object, made.parameters);
  };
  if (candidate.plugin.kind == "dataset") call(static_cast<Dataset*>(nullptr));
  if (candidate.plugin.kind == "regulariser") call(static_cast<Regulariser*>(nullptr));
  if (candidate.plugin.kind == "metric") call(static_cast<Metric*>(nullptr));
  if (candidate.plugin.kind == "report") call(static_cast<Report*>(nullptr));
}

/// What check() and changed_shape() throw where parameters do not fit; the engine finds the parameter by its name.
void begins_with_a_parameter(const std::string& words, const Parameters& parameters, Findings& findings);

/// Everything that `work` wrote to standard output and standard error.
std::string printed_by(const std::function<void()>& work);

}  // namespace pipeline::conformance
