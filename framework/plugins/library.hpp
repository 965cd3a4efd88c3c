// Loads plugin libraries, checks their plugins' records against this program's ABI, and creates objects.
#pragma once
#include <memory>
#include <pipeline/parameters.hpp>
#include <pipeline/plugin.hpp>

#include "plugins/call_scope.hpp"
#include "plugins/refusal.hpp"
#include "plugins/symbols.hpp"

namespace pipeline::plugins {

/// A loaded plugin. Its library stays loaded until the program ends.
struct Loaded {
  PluginKind kind;
  std::string name, summary, version;
  std::filesystem::path library;
  void* (*make)();
  std::string sha256;  // of the library that was loaded
};

/// Loads a library and binds all of its symbols. Throws RefusedPlugin with the loader's message, or with what loading
/// it leaves changed in this process.
void load_library(const std::filesystem::path& library);
/// The refusal of a library, worded as that of one of its plugins.
Refusal refusal_of(const Found& plugin, Refusal library);
/// Loads the library and checks the plugin's record before any call into it. Throws RefusedPlugin.
Loaded load_plugin(const Found& plugin);
/// "regulariser 'l2'"
std::string title(PluginKind kind, const std::string& name);
/// A new object of the kind's base class. Throws RefusedPlugin if the plugin throws or returns a null pointer.
void* make_object(const Loaded& plugin);
/// The same, with every call that it causes made inside a CallScope: its destruction too.
template <class Base>
std::shared_ptr<Base> make(const Loaded& plugin) {
  return {static_cast<Base*>(make_object(plugin)), [kind = plugin.kind, name = plugin.name](Base* object) noexcept {
            const CallScope scope({name_of(kind), name.c_str(), "destructor", "", 0});
            delete object;
          }};
}
/// The comment at the head of the plugin's source file, line by line; empty if its library does not contain it.
std::vector<std::string> about(const Loaded& plugin);

/// Calls declare(). Throws RefusedPlugin if the plugin throws.
template <class Base>
void declare(const Loaded& plugin, Base& object, Parameters& parameters) try {
  call({name_of(plugin.kind), plugin.name.c_str(), "declare", "", 0}, [&] { object.declare(parameters); });
} catch (...) {
  throw RefusedPlugin(
      {title(plugin.kind, plugin.name) + " fails while it declares its parameters: " + what_was_thrown(), {}, ""},
      plugin.library);
}

using Values = std::vector<std::pair<std::string, std::string>>;  // parameter and value, as text

/// Sets these parameters. Throws std::invalid_argument if one does not exist or refuses its value.
void set(Parameters& parameters, const Values& values);

/// A new object with these parameters set and all others at their defaults.
template <class Base>
std::shared_ptr<Base> make_with(const Loaded& plugin, const Values& values) {
  std::shared_ptr<Base> object = make<Base>(plugin);
  Parameters parameters;
  call({name_of(plugin.kind), plugin.name.c_str(), "declare", "", 0}, [&] {
    object->declare(parameters);
    set(parameters, values);
  });
  return object;
}

}  // namespace pipeline::plugins
