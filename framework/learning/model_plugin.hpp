// A plugin's object as part of a model: how calls of it are made, and the exceptions that end its model.
#pragma once
#include <cstdint>
#include <pipeline/quoted.hpp>
#include <stdexcept>
#include <string>

#include "plugins/call_scope.hpp"

namespace pipeline::learning {

/// A hook threw, or returned a result of the wrong shape or with NaN or infinity.
struct HookFailure : std::runtime_error {
  HookFailure(std::string entry_name, const std::string& hook, std::uint64_t step, const std::string& what,
              const char* kind = "regulariser")
      : std::runtime_error(std::string(kind) + " " + pipeline::quoted(entry_name) + ", hook " + hook + ", step " +
                           std::to_string(step) + ": " + what),
        entry(std::move(entry_name)) {}
  std::string entry;
};

/// Training produced NaN or infinity, and no plugin can be named as the cause.
struct Diverged : std::runtime_error {
  /// `number` is what is not finite: "a weight of layer 2"; `last` what changed the weights last, if it is known.
  Diverged(std::uint64_t step, const std::string& number, const std::string& last = "")
      : std::runtime_error("diverged: " + number + " is not finite at step " + std::to_string(step) +
                           (last.empty() ? "" : ", " + last)) {}
};

struct ModelPlugin {
  const char* kind;         // "regulariser"; a literal
  std::string name;         // of the entry; of an optimiser, the plugin's
  std::string model;        // the model's
  std::string plugin = {};  // empty if the entry has the same name

  /// Runs a hook; turns anything that it throws into a HookFailure, and what it leaves changed for everybody.
  template <class F>
  decltype(auto) run(const char* hook, std::uint64_t step_number, F&& f) const {
    plugins::CallScope call({kind, name.c_str(), hook, model.c_str(), step_number, plugin.c_str()});
    try {
      return call.run(f);
    } catch (const HookFailure&) {
      throw;
    } catch (...) {
      throw HookFailure(name, hook, step_number, plugins::what_was_thrown(), kind);
    }
  }
};

}  // namespace pipeline::learning
